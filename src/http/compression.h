// Answers made small for whoever reads them over a network.
//
// Never those that mix a secret with text that somebody else chose (BREACH): from the size of a compressed
// answer who listens learns whether the two are alike. So a handler says of its answer that it may be
// compressed; none is unless it does. Of all the API that is what names tasks, states and times: not a task's
// definition with its environment, not what a job wrote, nothing of accounts, sessions or secrets.
#pragma once
#include <string_view>

#include "http/request.h"
#include "http/response.h"

namespace http {

// Whether Accept-Encoding names the coding with a quality above 0.
bool takes_coding(const Request& request, std::string_view coding);

// Compresses with zstd what may be compressed, is large enough to be worth it, and is taken so by the client.
void compress(const Request& request, Response& response);

// Less than that goes out in one or two packets in any case.
inline constexpr std::size_t kLeastCompressed = 2048;

}  // namespace http
