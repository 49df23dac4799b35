// Passwords that guessers try first.
#pragma once
#include <string_view>

namespace auth {

// Whether the password is one of the 10,000 most common ones of eight characters or more, in any case of its
// letters, also with a few digits or signs behind it ("Football1!"); or the same few characters over and over
// ("aaaaaaaa", "12121212"); or a run of neighbours ("12345678", "hgfedcba").
bool is_common_password(std::string_view password);

// How many are built in; for tests.
std::size_t common_password_count();

}  // namespace auth
