// Where a rebuild's new rows of a table go as soon as they are made: they are bound once, for their fingerprint and for
// the scratch store. Not thread-safe.
#ifndef TRAILBOOK_LEDGER_VERIFY_NEW_ROWS_H_
#define TRAILBOOK_LEDGER_VERIFY_NEW_ROWS_H_

#include "absl/status/status.h"
#include "ledger/domain/table.h"
#include "ledger/store/fingerprint.h"
#include "ledger/store/packed_scratch.h"
#include "ledger/store/row_bytes.h"
#include "ledger/store/row_mapping.h"

namespace trailbook {

template <typename R>
class NewRows {
 public:
  // `packed`: the store that packs them, or null if nobody asks for them again. `status` gets the first error of the
  // store. None is owned.
  NewRows(store::Fingerprint* sum, store::PackedScratch* packed, absl::Status* status)
      : sum_(sum), packed_(packed), status_(status) {}

  // This one stays where it is.
  void TakeFrom(Table<R>& table) {
    table.PassOnNew([](void* self, const R& row) { static_cast<NewRows*>(self)->Take(row); }, this);
  }

 private:
  void Take(const R& row) {
    bytes_.Clear();
    store::BindRow(row, bytes_);
    sum_->AddBytes(bytes_.bytes());
    if (packed_ != nullptr) status_->Update(packed_->InsertBytes(store::ShapeOf<R>(), bytes_.bytes()));
  }

  store::Fingerprint* const sum_;
  store::PackedScratch* const packed_;
  absl::Status* const status_;
  store::RowBytes bytes_;
};

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_VERIFY_NEW_ROWS_H_
