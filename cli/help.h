// Help: examples first, lists of verbs a line each, and a guess at what a mistyped word meant.
#ifndef TRAILBOOK_CLI_HELP_H_
#define TRAILBOOK_CLI_HELP_H_

#include <CLI/CLI.hpp>
#include <string>

namespace trailbook::cli {

// Lists subcommands by what they do; their examples stand in their own help.
class ShortLists : public CLI::Formatter {
 public:
  std::string make_subcommand(const CLI::App* sub) const override;
};

// What to say to a command line that could not be read: that a noun, verb or option is unknown, with a guess at what
// was meant; else `problem`, and what help to read.
std::string Complaint(const CLI::App& app, int argc, char** argv, const std::string& problem);

}  // namespace trailbook::cli

#endif  // TRAILBOOK_CLI_HELP_H_
