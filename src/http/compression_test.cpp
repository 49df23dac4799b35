#include "http/compression.h"

#include <gtest/gtest.h>
#include <zstd.h>

namespace http {
namespace {

const std::string kLarge = [] {
  std::string text;
  for (int row = 0; row < 500; ++row) text += "{\"id\":" + std::to_string(row) + ",\"status\":\"SUCCESS\"},";
  return text;
}();

Request taking(std::string codings) {
  Request request;
  if (!codings.empty()) request.headers.add("Accept-Encoding", std::move(codings));
  return request;
}

Response compressed(const Request& request, const std::string& text, bool may_be = true) {
  auto response = Response::json_text(200, text);
  response.compressible = may_be;
  compress(request, response);
  return response;
}

TEST(Compression, ALargeAnswerBecomesSmallForWhoTakesIt) {
  const auto response = compressed(taking("gzip, deflate, br, zstd"), kLarge);
  EXPECT_EQ(response.headers.find("content-encoding"), "zstd");
  EXPECT_EQ(response.headers.find("vary"), "Accept-Encoding");
  EXPECT_LT(response.body_text().size(), kLarge.size() / 4);
  std::string back(kLarge.size(), '\0');
  const auto packed = response.body_text();
  ASSERT_EQ(ZSTD_decompress(back.data(), back.size(), packed.data(), packed.size()), kLarge.size());
  EXPECT_EQ(back, kLarge);
}

TEST(Compression, WhoDoesNotTakeItGetsTheAnswerAsItIsAndACacheKnows) {
  for (const auto* codings : {"", "gzip, br", "zstd;q=0", "zstdx"}) {
    const auto response = compressed(taking(codings), kLarge);
    EXPECT_EQ(response.body_text(), kLarge) << codings;
    EXPECT_FALSE(response.headers.has("content-encoding")) << codings;
    EXPECT_EQ(response.headers.find("vary"), "Accept-Encoding") << codings;
  }
}

TEST(Compression, WhatIsNotSaidToBeFreeOfSecretsNeverIs) {
  const auto response = compressed(taking("zstd"), kLarge, false);
  EXPECT_EQ(response.body_text(), kLarge);
  EXPECT_FALSE(response.headers.has("content-encoding"));
}

TEST(Compression, ASmallAnswerStaysAsItIs) {
  const auto small = kLarge.substr(0, kLeastCompressed - 1);
  EXPECT_EQ(compressed(taking("zstd"), small).body_text(), small);
}

}  // namespace
}  // namespace http
