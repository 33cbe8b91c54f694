#include "cli/help.h"

#include <gtest/gtest.h>

namespace trailbook::cli {
namespace {

class UnreadCommandLineTest : public testing::Test {
 protected:
  UnreadCommandLineTest() {
    app_.add_option("--server", server_);
    app_.add_option("-o,--output", output_);
    CLI::App* payout = app_.add_subcommand("payout", "");
    CLI::App* preview = payout->add_subcommand("preview", "");
    preview->add_option("--currency", currency_);
    preview->add_flag("--accounts", accounts_);
    preview->add_option("batch", batch_);
    app_.add_subcommand("program", "");
  }
  std::string Say(std::vector<std::string> words) {
    words.insert(words.begin(), "trailbook");
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    return Complaint(app_, static_cast<int>(argv.size()), argv.data(), "the problem");
  }

  CLI::App app_;
  std::string server_, output_, currency_, batch_;
  bool accounts_ = false;
};

TEST_F(UnreadCommandLineTest, AnUnknownWordIsNamedWithWhatLooksLikeIt) {
  EXPECT_EQ(Say({"payot"}), "\"payot\" is nothing that trailbook knows. Did you mean \"payout\"?");
  EXPECT_EQ(Say({"payout", "previw"}), "\"previw\" is nothing that trailbook payout knows. Did you mean \"preview\"?");
  EXPECT_EQ(Say({"payout", "foo"}), "\"foo\" is nothing that trailbook payout knows. See: trailbook payout --help");
}

TEST_F(UnreadCommandLineTest, OptionsBeforeAWordDoNotHideIt) {
  const std::string said = Say({"payout", "foo"});
  EXPECT_EQ(Say({"--server", "host:1", "payout", "foo"}), said);
  EXPECT_EQ(Say({"--server=host:1", "-o", "json", "payout", "foo"}), said);
  EXPECT_EQ(Say({"-ojson", "payout", "foo"}), said);
}

TEST_F(UnreadCommandLineTest, AnUnknownOptionIsNamedBeforeWhatIsMissing) {
  EXPECT_EQ(Say({"payout", "preview", "--curency", "INR"}),
            "\"--curency\" is nothing that trailbook payout preview knows. Did you mean \"--currency\"?");
  EXPECT_EQ(Say({"payout", "preview", "--servr=host:1"}),
            "\"--servr\" is nothing that trailbook payout preview knows. Did you mean \"--server\"?");
  EXPECT_EQ(Say({"payout", "preview", "--nosuch"}),
            "\"--nosuch\" is nothing that trailbook payout preview knows. See: trailbook payout preview --help");
  EXPECT_EQ(Say({"--srver", "host:1", "payout"}),
            "\"--srver\" is nothing that trailbook knows. Did you mean \"--server\"?");
  EXPECT_EQ(Say({"payout", "--currency", "INR", "preview"}), "the problem. See: trailbook payout --help")
      << "it stands before its verb";
}

TEST_F(UnreadCommandLineTest, WhereAllIsKnownTheProblemIsSaidAndTheHelpThatFits) {
  EXPECT_EQ(Say({}), "the problem. See: trailbook --help");
  EXPECT_EQ(Say({"payout"}), "the problem. See: trailbook payout --help");
  // Values are no options and no words, whatever they look like.
  const std::string of_preview = "the problem. See: trailbook payout preview --help";
  EXPECT_EQ(Say({"payout", "preview", "--currency", "--nosuch", "anything", "--accounts", "-5"}), of_preview);
  EXPECT_EQ(Say({"payout", "preview", "--", "--nosuch"}), of_preview);
  EXPECT_EQ(Say({"payout", "preview", "--currency"}), of_preview);
}

TEST(ShortListsTest, ASubcommandIsALineWithWhatItDoesAndWithoutItsExamples) {
  CLI::App app;
  const CLI::App* sub =
      app.add_subcommand("preview", "Examples:\n  trailbook payout preview\n\nSays who would be paid");
  EXPECT_EQ(ShortLists().make_subcommand(sub), "  preview             Says who would be paid\n");
}

}  // namespace
}  // namespace trailbook::cli
