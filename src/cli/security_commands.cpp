// Commands for those who run the server: secrets, keys and the audit.
#include <CLI/CLI.hpp>
#include <boost/json/array.hpp>
#include <iterator>
#include <memory>
#include <ostream>

#include "cli/commands.h"
#include "cli/password_prompt.h"
#include "cli/table.h"

namespace cli {
namespace {

namespace json = boost::json;

int list_secrets(Context& context) {
  auto client = context.client();
  const auto page = client.get("/secrets");
  if (!page) return context.fail(page.error());
  if (context.json) {
    context.print_json(*page);
    return kDone;
  }
  std::vector<std::vector<std::string>> rows;
  for (const auto& secret : page->at("items").as_array()) {
    rows.push_back({cell(secret, "name"), time_cell(secret, "updated_at"), cell(secret, "updated_by")});
  }
  print_table(context.out, {"NAME", "SET", "BY"}, rows);
  return kDone;
}

int set_secret(Context& context, const std::string& name, bool whole_input) {
  std::string value;
  if (whole_input) {
    value.assign(std::istreambuf_iterator<char>(context.in), {});
  } else {
    const auto typed = ask_password("Value of " + name, context.in, context.err);
    if (!typed) return context.wrong_usage(typed.error().message);
    value = *typed;
  }
  auto client = context.client();
  const auto secret = client.put("/secrets/" + encode(name), json::object{{"value", value}});
  if (!secret) return context.fail(secret.error());
  if (context.json)
    context.print_json(*secret);
  else
    context.out << "Set secret " << name << "; runs that start from now on get it\n";
  return kDone;
}

int delete_secrets(Context& context, const std::vector<std::string>& names) {
  auto client = context.client();
  int code = kDone;
  for (const auto& name : names) {
    const auto deleted = client.remove("/secrets/" + encode(name));
    if (!deleted)
      code = context.fail(deleted.error());
    else if (!context.json)
      context.out << "Deleted secret " << name << '\n';
  }
  return code;
}

int rotate_secrets_key(Context& context) {
  auto client = context.client();
  const auto done = client.post("/secrets/rotate-key");
  if (!done) return context.fail(done.error());
  if (context.json)
    context.print_json(*done);
  else
    context.out << "Sealed " << cell(*done, "sealed_anew") << " anew under a new key\n";
  return kDone;
}

int rotate_login_key(Context& context, bool drop_previous) {
  if (auto rotated = context.rotate_login_key(drop_previous); !rotated) return context.fail(rotated.error());
  if (!context.json) {
    context.out << "A new key signs log-ins from the next start of the server on; "
                << (drop_previous ? "everybody logs in again\n"
                                  : "log-ins that are open go on until they end\n");
  }
  return kDone;
}

int list_audit(Context& context, std::int64_t limit) {
  auto client = context.client();
  const auto page = client.get("/audit?limit=" + std::to_string(limit));
  if (!page) return context.fail(page.error());
  if (context.json) {
    context.print_json(*page);
    return kDone;
  }
  std::vector<std::vector<std::string>> rows;
  for (const auto& row : page->at("items").as_array()) {
    rows.push_back({cell(row, "id"), time_cell(row, "at"), cell(row, "actor"), cell(row, "address"),
                    cell(row, "action"), cell(row, "object")});
  }
  print_table(context.out, {"ID", "AT", "WHO", "FROM", "DID", "TO"}, rows);
  return kDone;
}

int verify_audit(Context& context, std::int64_t from) {
  auto client = context.client();
  auto report = client.get("/audit/verify?from=" + std::to_string(from));
  if (!report && report.error().kind == base::ErrorKind::unavailable && context.verify_audit_locally)
    report = context.verify_audit_locally(from);
  if (!report) return context.fail(report.error());
  const bool whole = report->at("whole").as_bool();
  if (context.json) {
    context.print_json(*report);
  } else if (whole) {
    context.out << "The audit is whole: " << cell(*report, "rows") << " rows\n";
  } else {
    const auto& fault = report->at("fault");
    context.out << "The audit is NOT whole: row " << cell(fault, "id") << ' ' << cell(fault, "why", 400)
                << '\n';
  }
  return whole ? kDone : kFailed;
}

void add_secret_commands(CLI::App& app, Context& context) {
  auto& secrets = *app.add_subcommand("secret", "Secrets that tasks are given; their values are never shown");
  secrets.require_subcommand(1);
  secrets.add_subcommand("list", "Names and times")->callback([&context] {
    context.exit_code = list_secrets(context);
  });
  auto* set =
      secrets.add_subcommand("set", "Make or replace one; its value is typed, or piped in as one line");
  const auto name = std::make_shared<std::string>();
  const auto whole = std::make_shared<bool>(false);
  set->add_option("NAME", *name, "Letters, digits and . _ -")->required();
  set->add_flag("--stdin", *whole, "Takes all of the standard input, line breaks too");
  set->callback([&context, name, whole] { context.exit_code = set_secret(context, *name, *whole); });
  auto* remove = secrets.add_subcommand("delete", "Delete those that no task uses");
  const auto names = std::make_shared<std::vector<std::string>>();
  remove->add_option("NAME", *names, "Their names")->required();
  remove->callback([&context, names] { context.exit_code = delete_secrets(context, *names); });
  secrets.add_subcommand("rotate-key", "Seal all anew under a new key")->callback([&context] {
    context.exit_code = rotate_secrets_key(context);
  });
}

}  // namespace

void add_security_commands(CLI::App& app, Context& context) {
  add_secret_commands(app, context);
  auto& keys = *app.add_subcommand("key", "The key that signs log-ins");
  keys.require_subcommand(1);
  auto* rotate =
      keys.add_subcommand("rotate", "Put a new one in the data folder, for the server's next start");
  const auto drop = std::make_shared<bool>(false);
  rotate->add_flag("--drop-previous", *drop, "The old one counts for nothing: everybody logs in again");
  rotate->callback([&context, drop] { context.exit_code = rotate_login_key(context, *drop); });

  auto& audit = *app.add_subcommand("audit", "Who did what, and whether that record is whole");
  audit.require_subcommand(1);
  auto* list = audit.add_subcommand("list", "Newest first");
  const auto limit = std::make_shared<std::int64_t>(50);
  list->add_option("--limit", *limit, "How many")->check(CLI::Range(1, 500))->capture_default_str();
  list->callback([&context, limit] { context.exit_code = list_audit(context, *limit); });
  auto* verify = audit.add_subcommand(
      "verify", "Exit code 0: no row was changed, deleted or put in; 1: names the first");
  const auto from = std::make_shared<std::int64_t>(1);
  verify->add_option("--from", *from, "The first row to check")->check(CLI::Range(INT64_C(1), INT64_MAX));
  verify->callback([&context, from] { context.exit_code = verify_audit(context, *from); });
}

}  // namespace cli
