#include <unistd.h>

#include <CLI/CLI.hpp>
#include <boost/json/array.hpp>
#include <memory>
#include <ostream>

#include "cli/commands.h"
#include "cli/option_checks.h"
#include "cli/password_prompt.h"
#include "cli/table.h"

namespace cli {
namespace {

namespace json = boost::json;

base::Result<std::string> find_user(Client& client, const std::string& name) {
  const auto page = client.get("/users");
  if (!page) return page.error();
  for (const auto& user : page->at("items").as_array()) {
    if (user.at("username").as_string() == name) return std::to_string(user.at("id").as_int64());
  }
  return base::make_error(base::ErrorKind::not_found,
                          "there is no user '" + name + "'; `user list` shows all");
}

int list_users(Context& context) {
  auto client = context.client();
  const auto page = client.get("/users");
  if (!page) return context.fail(page.error());
  if (context.json) {
    context.print_json(*page);
    return kDone;
  }
  std::vector<std::vector<std::string>> rows;
  for (const auto& user : page->at("items").as_array()) {
    rows.push_back({cell(user, "id"), cell(user, "username"), cell(user, "role"),
                    cell(user, "disabled") == "true" ? "disabled" : "-", time_cell(user, "last_login_at")});
  }
  print_table(context.out, {"ID", "NAME", "ROLE", "STATE", "LAST LOG-IN"}, rows);
  return kDone;
}

int add_user(Context& context, const std::string& name, const std::string& role) {
  const auto password = ask_password("Password for " + name, context.in, context.err);
  if (!password) return context.wrong_usage(password.error().message);
  auto client = context.client();
  const auto user =
      client.post("/users", json::object{{"username", name}, {"password", *password}, {"role", role}});
  if (!user) return context.fail(user.error());
  if (context.json)
    context.print_json(*user);
  else
    context.out << "Added user " << cell(*user, "username") << " as " << cell(*user, "role") << '\n';
  return kDone;
}

int change_user(Context& context, const std::string& name, const json::object& change,
                const std::string& deed) {
  auto client = context.client();
  const auto id = find_user(client, name);
  if (!id) return context.fail(id.error());
  const auto user = client.patch("/users/" + *id, change);
  if (!user) return context.fail(user.error());
  if (context.json)
    context.print_json(*user);
  else
    context.out << deed << ' ' << name << '\n';
  return kDone;
}

int set_password(Context& context, const std::string& name) {
  const auto password = ask_password("New password for " + name, context.in, context.err);
  if (!password) return context.wrong_usage(password.error().message);
  auto client = context.client();
  const auto id = find_user(client, name);
  if (!id && id.error().kind == base::ErrorKind::unavailable && context.set_password_locally) {
    if (auto set = context.set_password_locally(name, *password); !set) return context.fail(set.error());
  } else if (!id) {
    return context.fail(id.error());
  } else if (const auto changed = client.patch("/users/" + *id, json::object{{"password", *password}});
             !changed) {
    return context.fail(changed.error());
  }
  if (!context.json) context.out << "The password of " << name << " is changed; its sessions have ended\n";
  return kDone;
}

int reset_second_factor(Context& context, const std::string& name) {
  auto client = context.client();
  const auto id = find_user(client, name);
  if (!id) return context.fail(id.error());
  if (const auto reset = client.remove("/users/" + *id + "/second-factor"); !reset)
    return context.fail(reset.error());
  if (!context.json) context.out << name << " logs in with the password alone now\n";
  return kDone;
}

int list_tokens(Context& context) {
  auto client = context.client();
  const auto page = client.get("/auth/tokens");
  if (!page) return context.fail(page.error());
  if (context.json) {
    context.print_json(*page);
    return kDone;
  }
  std::vector<std::vector<std::string>> rows;
  for (const auto& token : page->at("items").as_array()) {
    rows.push_back({cell(token, "id"), cell(token, "name"), cell(token, "scope"),
                    time_cell(token, "created_at"), time_cell(token, "expires_at"),
                    time_cell(token, "last_used_at")});
  }
  print_table(context.out, {"ID", "NAME", "SCOPE", "CREATED", "EXPIRES", "LAST USED"}, rows);
  return kDone;
}

int create_token(Context& context, const std::string& name, const std::string& scope, std::int64_t days) {
  json::object body{{"name", name}, {"scope", scope}};
  if (days > 0) body["expires_in_days"] = days;
  auto client = context.client();
  const auto token = client.post("/auth/tokens", body);
  if (!token) return context.fail(token.error());
  if (context.json) {
    context.print_json(*token);
    return kDone;
  }
  context.out << cell(*token, "token", 400) << '\n';
  context.err << "It is shown this once. Use it as MINI_SCHEDULER_TOKEN, or as `Authorization: Bearer …`."
              << std::endl;
  return kDone;
}

int revoke_tokens(Context& context, const std::vector<std::string>& ids) {
  auto client = context.client();
  int code = kDone;
  for (const auto& id : ids) {
    const auto revoked = client.remove("/auth/tokens/" + encode(id));
    if (!revoked)
      code = context.fail(revoked.error());
    else if (!context.json)
      context.out << "Revoked token " << id << '\n';
  }
  return code;
}

int log_in(Context& context, const std::string& name) {
  const auto password = ask_password("Password of " + name, context.in, context.err);
  if (!password) return context.wrong_usage(password.error().message);
  const auto server = find_server(context.sources).url;
  Client client({.url = server, .token = {}});
  json::object credentials{{"username", name}, {"password", *password}};
  auto session = client.post("/auth/login", credentials);
  if (!session && session.error().message.find("code: is needed") != std::string::npos) {
    const auto code = ask_password("Code of the second factor", context.in, context.err);
    if (!code) return context.wrong_usage(code.error().message);
    credentials["code"] = *code;
    session = client.post("/auth/login", credentials);
  }
  if (!session) {
    auto error = session.error();
    // the hint to log in is of no use to one who just tried
    if (error.kind == base::ErrorKind::unauthenticated && error.message.find("code: ") == std::string::npos)
      error.message = "the user name or the password is wrong";
    return context.fail(error);
  }
  const auto kept = keep_token(context.sources, server, std::string(session->at("access_token").as_string()));
  if (!kept) return context.fail(kept.error());
  if (context.json)
    context.print_json(session->at("user"));
  else
    context.out << "Logged in to " << server << " as " << name << "; kept in " << *kept << '\n';
  return kDone;
}

int log_out(Context& context) {
  const auto address = find_server(context.sources);
  Client client(address);
  const auto ended = client.post("/auth/logout");
  const auto forgotten = keep_token(context.sources, address.url, {});
  if (!forgotten) return context.fail(forgotten.error());
  if (!ended && ended.error().kind == base::ErrorKind::unavailable) return context.fail(ended.error());
  if (!context.json) context.out << "Logged out of " << address.url << '\n';
  return kDone;
}

void add_user_commands(CLI::App& app, Context& context) {
  auto& users = *app.add_subcommand("user", "Accounts; passwords are typed, or piped in as one line");
  users.require_subcommand(1);
  users.add_subcommand("list", "All accounts")->callback([&context] {
    context.exit_code = list_users(context);
  });

  const auto with_name = [&users](const char* verb, const char* help) {
    auto* command = users.add_subcommand(verb, help);
    const auto name = std::make_shared<std::string>();
    command->add_option("NAME", *name, "User name")->required();
    return std::pair(command, name);
  };
  const auto [add, new_name] = with_name("add", "Make an account");
  const auto role = std::make_shared<std::string>("viewer");
  add->add_option("--role", *role, "viewer, operator, editor or admin")
      ->check(is_one_of({"viewer", "operator", "editor", "admin"}));
  add->callback([&context, name = new_name, role] { context.exit_code = add_user(context, *name, *role); });

  const auto [passwd, whose] = with_name("passwd", "Set a password; also where the server is stopped");
  passwd->callback([&context, name = whose] { context.exit_code = set_password(context, *name); });

  const auto [change_role, subject] = with_name("role", "Give an account another role");
  const auto new_role = std::make_shared<std::string>();
  change_role->add_option("ROLE", *new_role, "viewer, operator, editor or admin")
      ->required()
      ->check(is_one_of({"viewer", "operator", "editor", "admin"}));
  change_role->callback([&context, name = subject, new_role] {
    context.exit_code = change_user(context, *name, {{"role", *new_role}}, "Role " + *new_role + " now has");
  });

  const auto [reset, loser] =
      with_name("reset-second-factor", "Let somebody who lost the app and the recovery codes log in without");
  reset->callback([&context, name = loser] { context.exit_code = reset_second_factor(context, *name); });

  for (const bool disabled : {true, false}) {
    const auto [command, name] = disabled ? with_name("disable", "No log-in, and no session or token counts")
                                          : with_name("enable", "Let it log in again");
    command->callback([&context, name = name, disabled] {
      context.exit_code =
          change_user(context, *name, {{"disabled", disabled}}, disabled ? "Disabled" : "Enabled");
    });
  }
}

void add_token_commands(CLI::App& app, Context& context) {
  auto& tokens = *app.add_subcommand("token", "My API tokens");
  tokens.require_subcommand(1);
  tokens.add_subcommand("list", "All of mine, without their secrets")->callback([&context] {
    context.exit_code = list_tokens(context);
  });
  auto* create = tokens.add_subcommand("create", "Make one; its secret is printed this once");
  const auto name = std::make_shared<std::string>();
  const auto scope = std::make_shared<std::string>("read");
  const auto days = std::make_shared<std::int64_t>(0);
  create->add_option("NAME", *name, "What it is for")->required();
  create->add_option("--scope", *scope, "read, run or write")->check(is_one_of({"read", "run", "write"}));
  create->add_option("--expires-in-days", *days, "1 to 3650; absent: never")->check(is_between(1, 3650));
  create->callback(
      [&context, name, scope, days] { context.exit_code = create_token(context, *name, *scope, *days); });
  auto* revoke = tokens.add_subcommand("revoke", "End tokens at once");
  const auto ids = std::make_shared<std::vector<std::string>>();
  revoke->add_option("ID", *ids, "Their ids")->required();
  revoke->callback([&context, ids] { context.exit_code = revoke_tokens(context, *ids); });
}

}  // namespace

void add_account_commands(CLI::App& app, Context& context) {
  auto* login =
      app.add_subcommand("login", "Log in to a server; the password is typed, or piped in as one line");
  const auto name = std::make_shared<std::string>("admin");
  login->add_option("NAME", *name, "User name")->capture_default_str();
  login->callback([&context, name] { context.exit_code = log_in(context, *name); });
  app.add_subcommand("logout", "End the session that `login` began")->callback([&context] {
    context.exit_code = log_out(context);
  });
  add_user_commands(app, context);
  add_token_commands(app, context);
}

}  // namespace cli
