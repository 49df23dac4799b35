// Where a request comes from, as far as a browser tells: host names, and requests that other sites caused.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "http/request.h"

namespace http {

// localhost, 127.0.0.0/8 and [::1]; the name is one that host_name gave.
bool is_loopback_name(std::string_view name);

// Whether the address is 127.0.0.0/8 or ::1.
bool is_loopback_address(std::string_view ip);

// Whether the Host header is on the list: loopback names always, "*" stands for all.
bool is_allowed_host(std::string_view host, const std::vector<std::string>& allowed);

// Whether another site's page caused the request: Sec-Fetch-Site says so, or Origin is not our own Host. A
// request without either header does not come from a browser of today and is taken as our own.
bool is_cross_site(const Request& request);

// Whether Origin is absent or names the Host that was asked.
bool has_own_origin(const Request& request);

}  // namespace http
