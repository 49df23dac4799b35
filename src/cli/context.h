// What every client command has at hand.
#pragma once
#include <boost/json/value.hpp>
#include <functional>
#include <iosfwd>
#include <string>
#include <vector>

#include "cli/client.h"
#include "cli/credentials.h"
#include "cli/exit_code.h"

namespace cli {

struct Context {
  std::ostream& out;
  std::ostream& err;
  std::istream& in;
  AddressSources sources;
  bool json = false;  // JSON in place of tables
  int exit_code = kDone;
  // Sets a user's password in the database itself; only where no server holds it.
  std::function<base::Result<void>(const std::string& user, const std::string& password)>
      set_password_locally;
  // Checks the audit in the database itself, likewise; gives what GET /audit/verify would.
  std::function<base::Result<boost::json::value>(std::int64_t from)> verify_audit_locally;
  // The database of the data folder into a file, and back; restore gives what the one that was there is
  // called now.
  std::function<base::Result<void>(const std::string& path)> backup_locally;
  std::function<base::Result<std::string>(const std::string& path)> restore_locally;
  // Puts a new key for log-ins into the data folder.
  std::function<base::Result<void>(bool drop_previous)> rotate_login_key;

  Client client() const { return Client(find_server(sources)); }
  // Says the error in one line on `err`; gives its exit code.
  int fail(const base::Error& error) const;
  int wrong_usage(const std::string& why) const;
  void print_json(const boost::json::value& value) const;
};

// The text of a file, or of `in` where it is called "-". not_found where it can't be read.
base::Result<std::string> read_input(const std::string& path, std::istream& in);

// A task's number as it is; a name is asked of the server. not_found where no task has the name, conflict
// where several have it.
base::Result<std::string> find_task(Client& client, const std::string& id_or_name);

// A field of an answer as text for a table: "-" where it is null or absent.
std::string cell(const boost::json::value& object, std::string_view field, std::size_t max_columns = 60);
// A time of an answer without its fraction and T: "2026-11-24 09:00:00Z".
std::string time_cell(const boost::json::value& object, std::string_view field);
// Milliseconds of an answer as "1.2 s".
std::string duration_cell(const boost::json::value& object, std::string_view field);

}  // namespace cli
