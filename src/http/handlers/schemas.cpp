// The named schemas of /openapi.json for tasks and executions.
#include "http/handlers/task_handlers.h"

namespace http {
namespace {

#define CRONTAB_REMARKS                                                                                \
  R"({"type":"array","items":{"type":"object","required":["line","text","why","mend"],"properties":{)" \
  R"("line":{"type":"integer"},"text":{"type":"string"},"why":{"type":"string"},"mend":{"type":"string"}}}})"
#define NULLABLE(type) R"({"type":[")" type R"(","null"]})"
#define TIME R"({"type":["string","null"],"format":"date-time"})"

// What a user may write; `Task` has these and what the server adds.
#define DEFINITION_PROPERTIES \
  R"("name":{"type":"string","maxLength":200},)"                                                                                            \
  R"("cron":{"type":"string","description":"5, 6 or 7 fields, a nickname, or @every"},)"                                                    \
  R"("timezone":{"type":"string"},"command":{"type":"string","maxLength":65536},)"                                                          \
  R"("http":{"type":["object","null"],"properties":{"method":{"type":"string"},"url":{"type":"string"},)"                                   \
  R"("headers":{"type":"object","additionalProperties":{"type":"string"}},"body":{"type":"string"},)"                                       \
  R"("expect_status":{"type":"array","items":{"type":"integer"}}}},)"                                                                       \
  R"("description":{"type":"string"},"tags":{"type":"array","items":{"type":"string"}},)"                                                   \
  R"("secrets":{"type":"object","additionalProperties":{"type":"string"}},)"                                                                \
  R"("secret_files":{"type":"object","additionalProperties":{"type":"string"}},)"                                                           \
  R"("env":{"type":"object","additionalProperties":{"type":"string"}},"working_dir":{"type":"string"},)"                                    \
  R"("run_as":{"type":"string"},"shell":{"type":"string"},"stdin":{"type":"string"},"timeout_s":)" NULLABLE(                                \
      "integer") R"(,"kill_grace_s":{"type":"integer"},"success_exit_codes":{"type":"array","items":{"type":"integer"}},)"                  \
                 R"("limits":{"type":"object","properties":{"memory_bytes":)" NULLABLE("integer") R"(,"cpu_s":)" NULLABLE("integer") R"(,"open_files":)" NULLABLE("integer") R"(,"processes":)" NULLABLE("integer") R"(,"nice":)" NULLABLE("integer") R"(}},)" \
                 R"("retry":{"type":"object","properties":{"max_attempts":{"type":"integer"},"initial_delay_s":{"type":"number"},)"         \
                 R"("factor":{"type":"number"},"max_delay_s":{"type":"number"},"jitter":{"type":"number"}}},)"                              \
                 R"("overlap":{"enum":["skip","queue","queue_all","cancel_running","allow"]},)"                                             \
                 R"("misfire":{"type":"object","properties":{"policy":{"enum":["fire_once","fire_all","skip"]},)"                           \
                 R"("window_s":{"type":"integer"}}},"jitter_s":{"type":"integer"},"start_deadline_s":{"type":"integer"},"starts_at":)" TIME \
                 R"(,"ends_at":)" TIME R"(,"priority":{"type":"integer"},"pool":{"type":"string"},)"                                        \
                 R"("node_labels":{"type":"object","additionalProperties":{"type":"string"}},"kill_mode":{"enum":["group","main"]},)"       \
                 R"("rerun_lost":{"type":"boolean"},"keep_executions":{"type":"integer"},"keep_failed":{"type":"integer"},)"                \
                 R"("on_success":{"type":"array","items":{"type":"integer"}},"on_failure":{"type":"array","items":{"type":"integer"}},)"    \
                 R"("after":{"type":"object","properties":{"tasks":{"type":"array","items":{"type":"integer"}},)"                           \
                 R"("need":{"enum":["all","any"]},"on":{"enum":["success","failure","any"]}}},)"                                            \
                 R"("notify":{"type":"array","items":{"type":"string"}})"

// How much was wanted at once of what has a limit.
#define ROOM_PROPERTIES                                                                       \
  R"("limit":)" NULLABLE("integer") R"(,"most_at_once":{"type":"integer","description":)"     \
                                    R"("That wanted to run, whatever the limit"},"at":)" TIME \
                                    R"(,"waits":{"type":"integer"})"

// Figures of executions, under the name of their hour or day.
#define SUMS(name)                                                                                          \
  R"({"type":"array","items":{"type":"object","properties":{")" name R"(":{"type":"string"},)"              \
  R"("executions":{"type":"object","additionalProperties":{"type":"integer"}},"total":{"type":"integer"},)" \
  R"("success_rate":)" NULLABLE("number") R"(,"average_duration_ms":)" NULLABLE("integer") R"(}}})"

#define ATTEMPT_PROPERTIES                                                                                                            \
  R"("attempt":{"type":"integer"},"status":{"enum":["PENDING","RUNNING","SUCCESS","FAILED","TIMEOUT","CANCELLED",)"                   \
  R"("SKIPPED","MISSED","LOST"]},"started_at":)" TIME R"(,"finished_at":)" TIME                                                       \
  R"(,"duration_ms":)" NULLABLE("integer") R"(,"exit_code":)" NULLABLE("integer") R"(,"signal":)" NULLABLE(                           \
      "integer") R"(,"error":)" NULLABLE("string") R"(,"output_bytes":{"type":"integer"},"output_dropped_bytes":{"type":"integer"},)" \
                                                   R"("cpu_ms":{"type":"integer"},"max_rss_bytes":{"type":"integer"})"

constexpr std::pair<const char*, const char*> kSchemas[] = {
    {"TaskInput", R"({"type":"object","additionalProperties":false,"properties":{)" DEFINITION_PROPERTIES
                  R"(,"status":{"enum":["ACTIVE","PAUSED"]}}})"},
    {"Task",
     R"({"type":"object","properties":{"id":{"type":"integer"},)" DEFINITION_PROPERTIES
     R"(,"status":{"enum":["ACTIVE","PAUSED","PENDING","RUNNING","FAILED"]},"paused":{"type":"boolean"},)"
     R"("running":{"type":"integer"},"queued":{"type":"integer"},"revision":{"type":"integer"},"last_run_at":)" TIME
     R"(,"next_run_at":)" TIME R"(,"next_due_at":)" TIME R"(,"last_error":)" NULLABLE(
         "string") R"(,"force_run_at":)" TIME
                   R"(,"created_at":{"type":"string","format":"date-time"},"updated_at":{"type":"string","format":"date-time"},)"
                   R"("created_by":{"type":"string"},"next_fires":{"type":"array","items":{"type":"string","format":"date-time"}},)"
                   R"("recent":{"type":"object"}},"required":["id","name","cron","status"]})"},
    {"TaskPage",
     R"({"type":"object","properties":{"items":{"type":"array","items":{"$ref":"#/components/schemas/Task"}},)"
     R"("total":{"type":"integer"},"page":{"type":"integer"},"page_size":{"type":"integer"},)"
     R"("counts":{"type":"object","additionalProperties":{"type":"integer"}}},)"
     R"("required":["items","total","page","page_size"]})"},
    {"RunInput",
     R"({"type":"object","additionalProperties":false,"properties":{"env":{"type":"object","additionalProperties":)"
     R"({"type":"string"}},"args":{"type":"array","items":{"type":"string"}},"force":{"type":"boolean"}}})"},
    {"RunAnswer",
     R"({"type":"object","properties":{"execution_id":{"type":"integer"}},"required":["execution_id"]})"},
    {"CleanupInput",
     R"({"type":"object","additionalProperties":false,"properties":{"keep":{"type":"integer"},)"
     R"("older_than_days":{"type":"integer"}}})"},
    {"CleanupAnswer",
     R"({"type":"object","properties":{"deleted":{"type":"integer"}},"required":["deleted"]})"},
    {"BackfillInput",
     R"({"type":"object","additionalProperties":false,"properties":{"from":{"type":"string","format":"date-time"},)"
     R"("to":{"type":"string","format":"date-time"},"overlap":{"type":"string"}},"required":["from","to"]})"},
    {"BackfillAnswer",
     R"({"type":"object","properties":{"execution_ids":{"type":"array","items":{"type":"integer"}}}})"},
    {"BulkInput",
     R"({"type":"object","additionalProperties":false,"properties":{"ids":{"type":"array","items":{"type":"integer"}},)"
     R"("filter":{"type":"object","properties":{"search":{"type":"string"},"status":{"type":"string"},)"
     R"("tag":{"type":"string"}}}}})"},
    {"BulkAnswer",
     R"({"type":"object","properties":{"results":{"type":"array","items":{"type":"object","properties":{)"
     R"("id":{"type":["integer","string"]},"status":{"enum":["done","error"]},"execution_id":{"type":"integer"},)"
     R"("error":{"type":"string"}}}},"done":{"type":"integer"},"failed":{"type":"integer"}}})"},
    {"Why",
     R"({"type":"object","properties":{"at":{"type":"string"},"verdict":{"type":"string"},"answer":{"type":"string"},)"
     R"("execution_id":)" NULLABLE("integer") R"(,"previous_fire":)" TIME R"(,"next_fire":)" TIME
                                              R"(,"schedule":{"type":"string"}}})"},
    {"Revisions",
     R"({"type":"object","properties":{"items":{"type":"array","items":{"type":"object","properties":{)"
     R"("revision":{"type":"integer"},"changed_at":{"type":"string"},"changed_by":{"type":"string"},)"
     R"("definition":{"type":"object"}}}}}})"},
    {"Attempt", R"({"type":"object","properties":{)" ATTEMPT_PROPERTIES R"(}})"},
    {"Execution",
     R"({"type":"object","properties":{"id":{"type":"integer"},"task_id":{"type":"integer"},)"
     R"("task_name":{"type":"string"},"task_revision":{"type":"integer"},"waiting":{"type":"string"},)"
     R"("trigger":{"enum":["schedule","manual","misfire","backfill","chain","heartbeat"]},"triggered_by":{"type":"string"},)"
     R"("scheduled_at":)" TIME R"(,"due_at":)" TIME R"(,"created_at":{"type":"string","format":"date-time"},)"
     R"("late_ms":)" NULLABLE("integer") R"(,"reason":)" NULLABLE(
         "string") R"(,"node":{"type":"string"},"priority":{"type":"integer"},"pool":{"type":"string"},"count":{"type":"integer"},)"
                   R"("scheduled_until":)" TIME
                   R"(,"attempts":{"type":"array","items":{"$ref":"#/components/schemas/Attempt"}},)"
                   R"("stdout":{"type":"string"},"stderr":{"type":"string"},"args":{"type":"array","items":{"type":"string"}},)"
                   R"("env":{"type":"object","additionalProperties":{"type":"string"},"description":"Of this run alone, besides its task's; values are *** for those who may not change the task"},)"
                   R"("upstream_execution_id":)" NULLABLE(
                       "integer") R"(,"match":{"type":"object","required":["stream","text"],"description":"In a list, with `output`",)"
                                  R"("properties":{"stream":{"enum":["stdout","stderr"]},"text":{"type":"string",)"
                                  R"("description":"The line that holds it, or 200 bytes of it"}}},)" ATTEMPT_PROPERTIES
                                  R"(},"required":["id","task_id","status","trigger"]})"},
    {"ExecutionPage",
     R"({"type":"object","properties":{"items":{"type":"array","items":{"$ref":"#/components/schemas/Execution"}},)"
     R"("next_cursor":)" NULLABLE(
         "string") R"(,"searched_until":{"type":["string","null"],"format":"date-time","description":"With `output`: )"
                   R"(when the oldest execution that was looked at was created"}},"required":["items","next_cursor"]})"},
    {"RecentRuns",
     R"({"type":"object","properties":{"items":{"type":"array","items":{"type":"object","properties":{)"
     R"("task_id":{"type":"integer"},"runs":{"type":"array","items":{"type":"array","prefixItems":[{"type":"integer"},)"
     R"({"type":"string"},)" NULLABLE("integer") "," NULLABLE(
         "integer") R"(],"minItems":4,"maxItems":4}}}}}}})"},
    {"NextFires",
     R"({"type":"object","properties":{"next":{"type":"array","items":{"type":"string","format":"date-time"}},)"
     R"("description":{"type":"string"},"timezone":{"type":"string"},"canonical":{"type":"string"}}})"},
    {"TaskDefaults",
     R"({"type":"object","required":["timezone","timeout_s"],"properties":{"timezone":{"type":"string"},"timeout_s":{"type":"integer"}}})"},
    {"TaskNames",
     R"({"type":"object","required":["items"],"properties":{"items":{"type":"array","items":{"type":"object",)"
     R"("required":["id","name","exists"],"properties":{"id":{"type":"integer"},"name":)" NULLABLE(
         "string") R"(,"exists":{"type":"boolean",)"
                   R"("description":"false: there is none; `name` is what it was called when it was deleted, null where that is not known"}}}}}})"},
    {"CrontabInput",
     R"({"type":"object","additionalProperties":false,"properties":{"crontab":{"type":"string"},)"
     R"("system":{"type":"boolean","description":"The sixth field is the user; guessed where absent"},)"
     R"("timezone":{"type":"string","description":"Where no CRON_TZ says; the server's where absent"}},"required":["crontab"]})"},
    {"CrontabPreview",
     R"({"type":"object","required":["system","tasks","refused","notes"],"properties":{"system":{"type":"boolean"},)"
     R"("tasks":{"type":"array","items":{"type":"object","required":["line","task","description","timezone","next","twin","refusal"],)"
     R"("properties":{"line":{"type":"integer"},"task":{"$ref":"#/components/schemas/TaskInput"},"description":{"type":"string"},)"
     R"("timezone":{"type":"string"},"next":)" NULLABLE("string") R"(,"twin":)" NULLABLE(
         "integer") R"(,"refusal":)" NULLABLE("string") R"(}}},)"
                                                        R"("refused":)" CRONTAB_REMARKS
                                                        R"(,"notes":)" CRONTAB_REMARKS R"(}})"},
    {"Upcoming",
     R"({"type":"object","properties":{"from":{"type":"string"},"to":{"type":"string"},"items":{"type":"array",)"
     R"("items":{"type":"object","properties":{"task_id":{"type":"integer"},"task_name":{"type":"string"},)"
     R"("scheduled_at":{"type":"string","format":"date-time"},"due_at":{"type":"string","format":"date-time",)"
     R"("description":"With its jitter_s: when it begins"}}}},"more":{"type":"boolean"},"counts":{"type":"object",)"
     R"("properties":{"by_hour":{"type":"array","items":{"type":"object","properties":{"hour":{"type":"string"},)"
     R"("count":{"type":"integer"}}}},"collisions":{"type":"array","items":{"type":"object","properties":{)"
     R"("at":{"type":"string"},"count":{"type":"integer"},"names":{"type":"array","items":{"type":"string"}},)"
     R"("tasks":{"type":"array","description":"The first eight, by name","items":{"type":"object","required":["task_id","task_name"],)"
     R"("properties":{"task_id":{"type":"integer"},"task_name":{"type":"string"}}}}}}},)"
     R"("total":{"type":"integer"},"complete":{"type":"boolean"}}},"tasks":{"type":"array","description":"With `fold`",)"
     R"("items":{"type":"object","properties":{"task_id":{"type":"integer"},"task_name":{"type":"string"},"bands":)"
     R"({"type":"array","items":{"type":"object","properties":{"from":{"type":"string","format":"date-time"},)"
     R"("to":{"type":"string","format":"date-time","description":"The last of these fires"},"count":)" NULLABLE(
         "integer") R"(,"every_ms":)" NULLABLE("integer") R"(}}}}}},"task_total":{"type":"integer"},)"
                                                          R"("more_tasks":{"type":"boolean"}}})"},
    {"SimulationInput",
     R"({"type":"object","additionalProperties":false,"properties":{"days":{"type":"integer"},"limit":{"type":"integer"},)"
     R"("task_id":{"type":"integer","description":"The task that is changed; absent for a new one"},)"
     R"("task":{"$ref":"#/components/schemas/TaskInput"}},"required":["task"]})"},
    {"Simulation",
     R"({"type":"object","properties":{"from":{"type":"string"},"to":{"type":"string"},"until":{"type":"string",)"
     R"("description":"So far was looked: less than `to` where there are more than a million fires"},)"
     R"("complete":{"type":"boolean"},"tasks":{"type":"integer"},"fires":{"type":"integer"},"most_at_once":)"
     R"({"type":"object","properties":{"count":{"type":"integer"},"at":)" TIME
     R"(}},"busiest":{"type":"array","items":{"type":"object"}},"overlaps":{"type":"array","items":{"type":"object"}},)"
     R"("by_task":{"type":"array","description":"What does not simply run, most fires first, at most 300",)"
     R"("items":{"type":"object","properties":{"task_id":)" NULLABLE(
         "integer") R"(,"task_name":{"type":"string"},"draft":{"type":"boolean"},)"
                    R"("outcome":{"enum":["skipped","waits","cancels","cancelled"],"description":"`cancelled`: a later fire of the task )"
                    R"(ends it, or comes before it has begun"},"because":{"enum":["overlap","pool","slot","start_deadline"]},)"
                    R"("count":{"type":"integer"},"first_at":{"type":"string","format":"date-time"}}}},)"
                    R"("node":{"type":"object","description":"Against scheduler.max_running","properties":{)" ROOM_PROPERTIES
                    R"(}},"pools":{"type":"array","items":{"type":"object","properties":{"pool":{"type":"string"},)" ROOM_PROPERTIES
                    R"(}}},"clock_changes":{"type":"array","items":{"type":"object",)"
                    R"("properties":{"at":{"type":"string"},"timezone":{"type":"string"},"by_s":{"type":"integer"},)"
                    R"("tasks":{"type":"integer"},"touched":{"type":"array","items":{"type":"object","properties":{"task_id":)" NULLABLE(
                        "integer") R"(,"effect":{"enum":["moved","left_out","once","twice"]}}}}}}},)"
                                   R"("by_hour":{"type":"array","items":{"type":"object"}},"items":{"type":"array","items":)"
                                   R"({"type":"object","properties":{"task_id":)" NULLABLE(
                                       "integer") R"(,"task_name":{"type":"string"},"draft":{"type":"boolean"},"scheduled_at":{"type":"string","format":"date-time"},)"
                                                  R"("due_at":{"type":"string","format":"date-time"},"outcome":{"enum":["runs","skipped","waits","cancels"]},)"
                                                  R"("because":{"enum":["none","overlap","pool","slot","start_deadline"]},"waiting":)"
                                                  R"({"enum":["none","overlap","pool","slot"],"description":"For what it waits first; where its start deadline skips )"
                                                  R"(it, for what it waited last"},"cancelled":{"type":"boolean"},"expected_start_at":)" TIME
                                                  R"(,"expected_ms":)" NULLABLE("integer") R"(}}}}})"},
    {"Stats",
     R"({"type":"object","properties":{"tasks":{"type":"object","additionalProperties":{"type":"integer"}},"executions":{"type":"object","additionalProperties":{"type":"integer"}},"total":{"type":"integer"},)"
     R"("success_rate":)" NULLABLE("number") R"(,"average_duration_ms":)" NULLABLE("integer") R"(,"days":{"type":"integer"},"by_hour":)" SUMS(
         "hour") R"(,"by_day":)" SUMS("day") R"(,"task_id":{"type":"integer"},)"
                                             R"("timezone":{"type":"string"},"complete":{"type":"boolean"}}})"},
};

}  // namespace

void add_task_schemas(Router& router) {
  for (const auto& [name, json] : kSchemas) router.add_schema(name, json);
}

}  // namespace http
