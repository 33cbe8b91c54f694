// trailbook ledger tiles: the log as files that any web server can publish (C2SP tlog-tiles).
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <system_error>

#include "cli/files.h"
#include "cli/ledger_proof.h"
#include "cli/tile_directory.h"
#include "ledger/base/status.h"
#include "trailbook/v1/checkpoint_service.grpc.pb.h"

namespace trailbook::cli {
namespace {

namespace api = ::trailbook::v1;

// Fetches what a directory lacks, and the checkpoint last, so that whoever reads along always finds all that a
// checkpoint asks for.
class Exporter {
 public:
  Exporter(Session& session, std::string directory)
      : session_(session),
        stub_(api::CheckpointService::NewStub(session.channel())),
        directory_(std::move(directory)) {}

  grpc::Status Run(bool entries, absl::Status* local) {
    api::GetCheckpointRequest request;
    request.set_parent(session_.ProgramName());
    grpc::Status status = stub_->GetCheckpoint(session_.context().get(), request, &checkpoint_);
    if (!status.ok()) return status;
    *local = CheckOrigin();
    for (const log::TileRef& tile : log::TilesOf(checkpoint_.size(), entries)) {
      if (!local->ok()) return grpc::Status::OK;
      const std::string path = directory_.PathOf(log::PathOf(tile));
      if (access(path.c_str(), F_OK) == 0) continue;  // a tile never changes
      std::string bytes;
      status = Fetch(tile, &bytes);
      if (!status.ok()) return status;
      *local = Write(path, bytes);
      ++written_;
      // The full tile serves for the parts of it that were published before.
      std::error_code ignored;
      if (local->ok() && tile.width == log::kTileWidth) std::filesystem::remove_all(path + ".p", ignored);
    }
    if (local->ok()) *local = Write(directory_.PathOf("checkpoint"), checkpoint_.note());
    return grpc::Status::OK;
  }

  const api::Checkpoint& checkpoint() const { return checkpoint_; }
  int64_t written() const { return written_; }

 private:
  // Tiles of two logs in one directory would be tiles of none.
  absl::Status CheckOrigin() const {
    const auto old = ReadFile(directory_.PathOf("checkpoint"));
    if (!old.ok()) return absl::IsNotFound(old.status()) ? absl::OkStatus() : old.status();
    TRAILBOOK_ASSIGN_OR_RETURN(const log::Note note, log::Note::Parse(*old));
    TRAILBOOK_ASSIGN_OR_RETURN(const log::Checkpoint earlier, log::Checkpoint::Parse(note.text));
    if (earlier.origin == checkpoint_.origin()) return absl::OkStatus();
    return absl::FailedPreconditionError(absl::StrCat(directory_.PathOf(""), " holds tiles of ", earlier.origin,
                                                      ", not of ", checkpoint_.origin(), "; use another directory"));
  }

  grpc::Status Fetch(const log::TileRef& tile, std::string* bytes) {
    if (tile.level == log::kEntriesLevel) {
      api::GetEntryBundleRequest request;
      request.set_parent(session_.ProgramName());
      request.set_index(tile.index);
      request.set_tree_size(checkpoint_.size());
      api::EntryBundle bundle;
      const grpc::Status status = stub_->GetEntryBundle(session_.context().get(), request, &bundle);
      *bytes = std::move(*bundle.mutable_bundle());
      return status;
    }
    api::GetTileRequest request;
    request.set_parent(session_.ProgramName());
    request.set_level(tile.level);
    request.set_index(tile.index);
    request.set_tree_size(checkpoint_.size());
    api::Tile answer;
    const grpc::Status status = stub_->GetTile(session_.context().get(), request, &answer);
    *bytes = std::move(*answer.mutable_hashes());
    return status;
  }

  // Readable by others: a web server gives it out.
  static absl::Status Write(const std::string& path, const std::string& bytes) {
    std::error_code error;
    std::filesystem::create_directories(std::filesystem::path(path).parent_path(), error);
    if (error) return absl::InternalError(absl::StrCat("cannot write ", path, ": ", error.message()));
    TRAILBOOK_RETURN_IF_ERROR(WriteFile(path, bytes));
    return chmod(path.c_str(), 0644) == 0 ? absl::OkStatus()
                                          : absl::InternalError(absl::StrCat("cannot make ", path, " readable"));
  }

  Session& session_;
  std::unique_ptr<api::CheckpointService::Stub> stub_;
  TileDirectory directory_;
  api::Checkpoint checkpoint_;
  int64_t written_ = 0;
};

}  // namespace

void AddLedgerTiles(CLI::App* noun, Session& session) {
  struct Options {
    std::string directory;
    bool entries = false;
  };
  auto options = std::make_shared<Options>();
  auto* verb =
      Verb(noun, "tiles",
           "Writes the log as files (C2SP tlog-tiles) that any web server can publish; run again, it adds what is new",
           "  trailbook ledger tiles /var/www/pracflow-log --program pracflow     # hashes only: proves, and reveals "
           "nothing\n"
           "  trailbook ledger tiles audit-2026 --program pracflow --entries      # with every record, for auditors\n");
  verb->add_option("directory", options->directory, "Where to; made if it is not there")->required();
  verb->add_flag("--entries", options->entries, "The records as well");
  NeedsProgram(verb, session);
  verb->callback([&session, options] {
    session.run = [&session, options] {
      Exporter exporter(session, options->directory);
      absl::Status local;
      const grpc::Status status = exporter.Run(options->entries, &local);
      if (!status.ok()) return session.Fail(status);
      if (!local.ok()) {
        std::cerr << "trailbook: " << local.message() << "\n";
        return int{kFailure};
      }
      session.PrintOne({{"directory", "files_written", "size", "root_hash"},
                        {{Text(options->directory), Number(exporter.written()), Number(exporter.checkpoint().size()),
                          Text(exporter.checkpoint().root_hash())}}},
                       exporter.checkpoint());
      return int{kOk};
    };
  });
}

}  // namespace trailbook::cli
