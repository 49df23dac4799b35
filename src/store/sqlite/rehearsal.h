// What the first run after a start would otherwise pay for.
#pragma once
#include "store/sqlite/session.h"

namespace store::sqlite {

// Books a run from its fire to its end, in a transaction that the caller takes back: the connection's
// statements are prepared and its pages read before somebody waits for them. Throws what the database does.
void rehearse_a_run(Session& session);

}  // namespace store::sqlite
