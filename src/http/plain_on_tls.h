// What a client gets that speaks plain HTTP to a server with a certificate. Pure.
#pragma once
#include "http/route.h"

namespace http {

// For what only reads, the way to the same URL over https (308), where the Host is one that is answered. Else
// 403: what it sent has crossed the network in the clear, and the client must not learn to go on like that.
Response answer_plain(const Router& router, const Request& request);

}  // namespace http
