#include "cli/help.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace trailbook::cli {
namespace {

// Levenshtein's distance.
size_t Distance(const std::string& a, const std::string& b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t corner = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t above = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, corner + (a[i - 1] == b[j - 1] ? 0 : 1)});
      corner = above;
    }
  }
  return row[b.size()];
}

std::vector<const CLI::App*> SubcommandsOf(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App*) { return true; });
}

const CLI::App* FindSubcommand(const CLI::App& app, const std::string& word) {
  for (const CLI::App* sub : SubcommandsOf(app)) {
    if (sub->get_name() == word) return sub;
  }
  return nullptr;
}

// Of a verb, its noun or the tool itself: what a verb does not know is looked for there.
const CLI::Option* FindOption(const CLI::App& app, const std::string& name) {
  for (const CLI::App* at = &app; at != nullptr; at = at->get_parent()) {
    if (const CLI::Option* option = at->get_option_no_throw(name)) return option;
  }
  return nullptr;
}

std::vector<std::string> WordsOf(const CLI::App& app) {
  std::vector<std::string> words;
  for (const CLI::App* sub : SubcommandsOf(app)) words.push_back(sub->get_name());
  return words;
}

std::vector<std::string> OptionsOf(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* at = &app; at != nullptr; at = at->get_parent()) {
    for (const CLI::Option* option : at->get_options()) {
      for (const std::string& name : option->get_lnames()) names.push_back(absl::StrCat("--", name));
    }
  }
  return names;
}

// An option on a command line: "--name", "--name=VALUE", "-n" or "-nVALUE".
struct WrittenOption {
  std::string name;
  bool has_value = false;
};

std::optional<WrittenOption> OptionIn(const std::string& word) {
  const bool is_number = word.size() > 1 && absl::ascii_isdigit(static_cast<unsigned char>(word[1]));
  if (word.size() < 2 || word[0] != '-' || is_number) return std::nullopt;
  const size_t end = word[1] == '-' ? std::min(word.find('='), word.size()) : 2;
  return WrittenOption{word.substr(0, end), end < word.size()};
}

// The first of `known` that looks like `word`.
std::optional<std::string> Guess(const std::string& word, const std::vector<std::string>& known) {
  for (const std::string& one : known) {
    if (Distance(one, word) <= 2) return one;
  }
  return std::nullopt;
}

// That `word` is unknown to `who`, with a guess at what was meant, or what help to read.
std::string Unknown(const std::string& word, const std::string& who, const std::optional<std::string>& guess) {
  const std::string unknown = absl::StrCat("\"", word, "\" is nothing that ", who, " knows. ");
  return guess.has_value() ? absl::StrCat(unknown, "Did you mean \"", *guess, "\"?")
                           : absl::StrCat(unknown, "See: ", who, " --help");
}

}  // namespace

std::string ShortLists::make_subcommand(const CLI::App* sub) const {
  const std::string whole = sub->get_description();
  const size_t newline = whole.rfind('\n');
  std::string line = absl::StrCat("  ", sub->get_name());
  line.resize(std::max<size_t>(line.size() + 2, 22), ' ');
  return absl::StrCat(line, newline == std::string::npos ? whole : whole.substr(newline + 1), "\n");
}

std::string Complaint(const CLI::App& app, int argc, char** argv, const std::string& problem) {
  const CLI::App* at = &app;
  std::string who = "trailbook";
  for (int word = 1; word < argc; ++word) {
    const std::string text = argv[word];
    if (text == "--") break;
    if (const auto written = OptionIn(text)) {
      const CLI::Option* option = FindOption(*at, written->name);
      if (option == nullptr) {
        const auto guess = Guess(written->name, OptionsOf(*at));
        // Before the verb it may be an option of that, in the wrong place.
        if (!guess.has_value() && !SubcommandsOf(*at).empty()) break;
        return Unknown(written->name, who, guess);
      }
      if (option->get_items_expected_max() > 0 && !written->has_value) ++word;
      continue;
    }
    if (SubcommandsOf(*at).empty()) continue;
    const CLI::App* next = FindSubcommand(*at, text);
    if (next == nullptr) return Unknown(text, who, Guess(text, WordsOf(*at)));
    at = next;
    absl::StrAppend(&who, " ", text);
  }
  return absl::StrCat(problem, ". See: ", who, " --help");
}

}  // namespace trailbook::cli
