#include "store/store.h"

#include <future>

namespace store {

base::Result<void> Store::write(Work work) {
  std::promise<base::Result<void>> promise;
  auto outcome = promise.get_future();
  write(std::move(work), [&promise](base::Result<void> result) { promise.set_value(std::move(result)); });
  return outcome.get();
}

}  // namespace store
