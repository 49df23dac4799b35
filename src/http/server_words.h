// What the server says, in the reader's language: it speaks English, and its sentences have their Chinese in
// the page's own table, web/src/i18n/zhServer.json, which is built in whether the page is or not. The
// patterns of the table mean here what they mean in web/src/model/serverWords.ts;
// tests/data/server_words.json holds both to it.
#pragma once
#include <string>
#include <string_view>

#include "http/request.h"

namespace http {

// A refusal, or the reason of an execution, in that language; a sentence that no pattern fits stays as it is.
// Any thread; the table is read when Chinese is first asked for.
std::string server_words(Language language, std::string_view sentence);

}  // namespace http
