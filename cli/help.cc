#include "cli/help.h"

#include <algorithm>
#include <vector>

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

const CLI::App* Find(const CLI::App* app, const std::string& word) {
  for (const CLI::App* sub : app->get_subcommands([](const CLI::App*) { return true; })) {
    if (sub->get_name() == word) return sub;
  }
  return nullptr;
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
  std::string help = "trailbook";
  for (int word = 1; word < argc; ++word) {
    const std::string text = argv[word];
    if (text.empty() || text[0] == '-') break;
    if (const CLI::App* next = Find(at, text)) {
      at = next;
      absl::StrAppend(&help, " ", text);
      continue;
    }
    const auto known = at->get_subcommands([](const CLI::App*) { return true; });
    if (known.empty()) break;
    const std::string unknown = absl::StrCat("\"", text, "\" is nothing that ", help, " knows. ");
    for (const CLI::App* sub : known) {
      if (Distance(sub->get_name(), text) <= 2) return absl::StrCat(unknown, "Did you mean \"", sub->get_name(), "\"?");
    }
    return absl::StrCat(unknown, "See: ", help, " --help");
  }
  return absl::StrCat(problem, ". See: ", help, " --help");
}

}  // namespace trailbook::cli
