// The forms in which a task is written without JavaScript, empty, as the task stands, or as they were posted
// and refused.
#pragma once
#include "http/handlers/plain_page.h"
#include "task/task.h"

namespace http {

// What was posted, and why it was refused: the form is shown again with it, each reason at its field.
struct RefusedForm {
  const Parameters& typed;
  const base::Error& error;
};

Html create_form(Language language, const RefusedForm* refused = nullptr);

// It carries the revision of the task, so that what others change meanwhile is not undone unseen. Where it
// was refused for that, each field that stands otherwise now says how.
Html edit_form(Language language, const task::Task& task, const RefusedForm* refused = nullptr);

// "Let one wait" of "queue".
std::string_view overlap_words(Language language, std::string_view policy);

}  // namespace http
