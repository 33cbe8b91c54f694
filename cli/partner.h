// The parts of trailbook partner.
#ifndef TRAILBOOK_CLI_PARTNER_H_
#define TRAILBOOK_CLI_PARTNER_H_

#include "cli/session.h"

namespace trailbook::cli {

void AddPartnerImport(CLI::App* noun, Session& session);

}  // namespace trailbook::cli

#endif  // TRAILBOOK_CLI_PARTNER_H_
