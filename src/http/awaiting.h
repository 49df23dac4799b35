// How the coroutines of this folder wait.
#pragma once
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace http {

// An operation's error is the first value that it gives, instead of an exception.
inline constexpr auto kErrorAsValue = boost::asio::as_tuple(boost::asio::use_awaitable);

}  // namespace http
