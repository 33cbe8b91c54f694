// trailbookd copy: books from one store into another, while no daemon writes to either.
#ifndef TRAILBOOK_SERVICES_COPY_COMMAND_H_
#define TRAILBOOK_SERVICES_COPY_COMMAND_H_

#include <string>

#include "absl/status/status.h"

namespace trailbook::services {

// `from` and `to` are data directories or PostgreSQL URIs. Says on standard error how far it is, and on standard output
// what was proved. NOT_FOUND if there are no books to copy; FAILED_PRECONDITION if a daemon holds either;
// ALREADY_EXISTS if the target has books of its own; DATA_LOSS if both differ at the end.
absl::Status CopyBooks(const std::string& from, const std::string& to);

}  // namespace trailbook::services

#endif  // TRAILBOOK_SERVICES_COPY_COMMAND_H_
