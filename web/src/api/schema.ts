// Written by `make api-types` from /openapi.json.
export type paths = Record<string, never>;
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        Problem: {
            type: string;
            title: string;
            status: number;
            detail: string;
            errors?: {
                loc: string[];
                msg: string;
                /** @description 0-based byte offset in the field's text */
                position?: number;
            }[];
        };
        User: {
            id: number;
            username: string;
            /** @enum {unknown} */
            role: "viewer" | "operator" | "editor" | "admin";
            disabled: boolean;
            must_change_password: boolean;
            /** Format: date-time */
            created_at?: string;
            /** Format: date-time */
            updated_at?: string;
            /** Format: date-time */
            last_login_at?: string | null;
            /** @description Only of /auth/me */
            rights?: ("read" | "run" | "edit" | "administer")[];
            /**
             * @description Only of /auth/me, and only for an API token
             * @enum {unknown}
             */
            scope?: "read" | "run" | "write";
        };
        Credentials: {
            username: string;
            /** Format: password */
            password: string;
            /** @description Where the account has a second factor: six digits, or a recovery code */
            code?: string;
        };
        FirstRun: {
            /** @description From the link that the first start printed */
            token: string;
            /** Format: password */
            new_password: string;
        };
        RegistrationMode: {
            /**
             * @description invite: with a code that an admin made
             * @enum {unknown}
             */
            registration: "open" | "invite" | "closed";
        };
        Registration: {
            username: string;
            /** Format: password */
            password: string;
            /** @description Where auth.registration is invite: the code that an admin made */
            invite?: string;
        };
        Login: {
            access_token: string;
            /** @constant */
            token_type: "bearer";
            /** @description Seconds */
            expires_in: number;
            user: components["schemas"]["User"];
        };
        PasswordChange: {
            /** Format: password */
            current_password: string;
            /** Format: password */
            new_password: string;
        };
        Token: {
            id: number;
            name: string;
            /** @enum {unknown} */
            scope: "read" | "run" | "write";
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            expires_at?: string | null;
            /** Format: date-time */
            last_used_at?: string | null;
            /** @description The secret; only in the answer to POST */
            token?: string;
        };
        TokenInput: {
            name: string;
            /**
             * @default read
             * @enum {unknown}
             */
            scope: "read" | "run" | "write";
            /**
             * Format: date-time
             * @description Absent: never
             */
            expires_at?: string | null;
            expires_in_days?: number | null;
        };
        UserInput: {
            username?: string;
            /** Format: password */
            password?: string;
            /**
             * @default viewer
             * @enum {unknown}
             */
            role: "viewer" | "operator" | "editor" | "admin";
            must_change_password?: boolean;
            /** @description In place of username and password: makes a code that lets somebody register once */
            invite?: boolean;
        };
        UserChange: {
            /** @enum {unknown} */
            role?: "viewer" | "operator" | "editor" | "admin";
            disabled?: boolean;
            /** Format: password */
            password?: string;
            must_change_password?: boolean;
        };
        AuditPage: {
            items: {
                id?: number;
                /** Format: date-time */
                at?: string;
                actor?: string;
                address?: string;
                action?: string;
                object?: string;
                before?: unknown;
                after?: unknown;
                /** @description Covers the row and the hash of the one before */
                hash?: string;
            }[];
            next_cursor: string | null;
        };
        AuditReport: {
            /** @description How many were found good */
            rows: number;
            whole: boolean;
            fault: {
                id?: number;
                why?: string;
            } | null;
        };
        Session: {
            id: string;
            /** @description The one that asks */
            current: boolean;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            expires_at: string;
            address?: string;
            user_agent?: string;
        };
        SecondFactor: {
            on: boolean;
            recovery_codes_left: number;
        };
        SecondFactorKey: {
            /** @description Base32, to be typed into an app */
            key: string;
            /** @description otpauth://, for a QR code */
            uri: string;
        };
        OwnPassword: {
            /** Format: password */
            current_password: string;
        };
        Code: {
            /** @description Six digits, or a recovery code */
            code: string;
        };
        Preferences: {
            /** @description Tasks that stand first in the list; one may be gone */
            pins?: number[];
            views?: {
                /** @description At most 200 bytes; of each but one */
                name: string;
                /** @description Of the list's address, as in ?status=FAILED; at most 2,000 bytes */
                query?: string;
            }[];
        };
        Secret: {
            name: string;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
            updated_by?: string;
        };
        SecretInput: {
            /**
             * Format: password
             * @description Never shown again
             */
            value: string;
        };
        Health: {
            status: string;
            name?: string;
            version?: string;
            docs?: string;
            checks?: {
                [key: string]: string;
            };
            /** @description What a kill reaches: cgroup, or process tree */
            kill_level?: string;
        };
        TaskInput: {
            name?: string;
            /** @description 5, 6 or 7 fields, a nickname, or @every */
            cron?: string;
            timezone?: string;
            command?: string;
            http?: {
                method?: string;
                url?: string;
                headers?: {
                    [key: string]: string;
                };
                body?: string;
                expect_status?: number[];
            } | null;
            description?: string;
            tags?: string[];
            secrets?: {
                [key: string]: string;
            };
            secret_files?: {
                [key: string]: string;
            };
            env?: {
                [key: string]: string;
            };
            working_dir?: string;
            run_as?: string;
            shell?: string;
            stdin?: string;
            timeout_s?: number | null;
            kill_grace_s?: number;
            success_exit_codes?: number[];
            limits?: {
                memory_bytes?: number | null;
                cpu_s?: number | null;
                open_files?: number | null;
                processes?: number | null;
                nice?: number | null;
            };
            retry?: {
                max_attempts?: number;
                initial_delay_s?: number;
                factor?: number;
                max_delay_s?: number;
                jitter?: number;
            };
            /** @enum {unknown} */
            overlap?: "skip" | "queue" | "queue_all" | "cancel_running" | "allow";
            misfire?: {
                /** @enum {unknown} */
                policy?: "fire_once" | "fire_all" | "skip";
                window_s?: number;
            };
            jitter_s?: number;
            start_deadline_s?: number;
            /** Format: date-time */
            starts_at?: string | null;
            /** Format: date-time */
            ends_at?: string | null;
            priority?: number;
            pool?: string;
            node_labels?: {
                [key: string]: string;
            };
            /** @enum {unknown} */
            kill_mode?: "group" | "main";
            rerun_lost?: boolean;
            keep_executions?: number;
            keep_failed?: number;
            on_success?: number[];
            on_failure?: number[];
            after?: {
                tasks?: number[];
                /** @enum {unknown} */
                need?: "all" | "any";
                /** @enum {unknown} */
                on?: "success" | "failure" | "any";
            };
            notify?: string[];
            /** @enum {unknown} */
            status?: "ACTIVE" | "PAUSED";
        };
        Task: {
            id: number;
            name: string;
            /** @description 5, 6 or 7 fields, a nickname, or @every */
            cron: string;
            timezone?: string;
            command?: string;
            http?: {
                method?: string;
                url?: string;
                headers?: {
                    [key: string]: string;
                };
                body?: string;
                expect_status?: number[];
            } | null;
            description?: string;
            tags?: string[];
            secrets?: {
                [key: string]: string;
            };
            secret_files?: {
                [key: string]: string;
            };
            env?: {
                [key: string]: string;
            };
            working_dir?: string;
            run_as?: string;
            shell?: string;
            stdin?: string;
            timeout_s?: number | null;
            kill_grace_s?: number;
            success_exit_codes?: number[];
            limits?: {
                memory_bytes?: number | null;
                cpu_s?: number | null;
                open_files?: number | null;
                processes?: number | null;
                nice?: number | null;
            };
            retry?: {
                max_attempts?: number;
                initial_delay_s?: number;
                factor?: number;
                max_delay_s?: number;
                jitter?: number;
            };
            /** @enum {unknown} */
            overlap?: "skip" | "queue" | "queue_all" | "cancel_running" | "allow";
            misfire?: {
                /** @enum {unknown} */
                policy?: "fire_once" | "fire_all" | "skip";
                window_s?: number;
            };
            jitter_s?: number;
            start_deadline_s?: number;
            /** Format: date-time */
            starts_at?: string | null;
            /** Format: date-time */
            ends_at?: string | null;
            priority?: number;
            pool?: string;
            node_labels?: {
                [key: string]: string;
            };
            /** @enum {unknown} */
            kill_mode?: "group" | "main";
            rerun_lost?: boolean;
            keep_executions?: number;
            keep_failed?: number;
            on_success?: number[];
            on_failure?: number[];
            after?: {
                tasks?: number[];
                /** @enum {unknown} */
                need?: "all" | "any";
                /** @enum {unknown} */
                on?: "success" | "failure" | "any";
            };
            notify?: string[];
            /** @enum {unknown} */
            status: "ACTIVE" | "PAUSED" | "PENDING" | "RUNNING" | "FAILED";
            paused?: boolean;
            running?: number;
            queued?: number;
            revision?: number;
            /** Format: date-time */
            last_run_at?: string | null;
            /** Format: date-time */
            next_run_at?: string | null;
            /** Format: date-time */
            next_due_at?: string | null;
            last_error?: string | null;
            /** Format: date-time */
            force_run_at?: string | null;
            /** Format: date-time */
            created_at?: string;
            /** Format: date-time */
            updated_at?: string;
            created_by?: string;
            next_fires?: string[];
            recent?: Record<string, never>;
        };
        TaskPage: {
            items: components["schemas"]["Task"][];
            total: number;
            page: number;
            page_size: number;
            counts?: {
                [key: string]: number;
            };
        };
        RunInput: {
            env?: {
                [key: string]: string;
            };
            args?: string[];
            force?: boolean;
        };
        RunAnswer: {
            execution_id: number;
        };
        CleanupInput: {
            keep?: number;
            older_than_days?: number;
        };
        CleanupAnswer: {
            deleted: number;
        };
        BackfillInput: {
            /** Format: date-time */
            from: string;
            /** Format: date-time */
            to: string;
            overlap?: string;
        };
        BackfillAnswer: {
            execution_ids?: number[];
        };
        BulkInput: {
            ids?: number[];
            filter?: {
                search?: string;
                status?: string;
                tag?: string;
            };
        };
        BulkAnswer: {
            results?: {
                id?: number | string;
                /** @enum {unknown} */
                status?: "done" | "error";
                execution_id?: number;
                error?: string;
            }[];
            done?: number;
            failed?: number;
        };
        Why: {
            at?: string;
            verdict?: string;
            answer?: string;
            execution_id?: number | null;
            /** Format: date-time */
            previous_fire?: string | null;
            /** Format: date-time */
            next_fire?: string | null;
            schedule?: string;
        };
        Revisions: {
            items?: {
                revision?: number;
                changed_at?: string;
                changed_by?: string;
                definition?: Record<string, never>;
            }[];
        };
        Attempt: {
            attempt?: number;
            /** @enum {unknown} */
            status?: "PENDING" | "RUNNING" | "SUCCESS" | "FAILED" | "TIMEOUT" | "CANCELLED" | "SKIPPED" | "MISSED" | "LOST";
            /** Format: date-time */
            started_at?: string | null;
            /** Format: date-time */
            finished_at?: string | null;
            duration_ms?: number | null;
            exit_code?: number | null;
            signal?: number | null;
            error?: string | null;
            output_bytes?: number;
            output_dropped_bytes?: number;
            cpu_ms?: number;
            max_rss_bytes?: number;
        };
        Execution: {
            id: number;
            task_id: number;
            task_name?: string;
            task_revision?: number;
            waiting?: string;
            /** @enum {unknown} */
            trigger: "schedule" | "manual" | "misfire" | "backfill" | "chain" | "heartbeat";
            triggered_by?: string;
            /** Format: date-time */
            scheduled_at?: string | null;
            /** Format: date-time */
            due_at?: string | null;
            /** Format: date-time */
            created_at?: string;
            late_ms?: number | null;
            reason?: string | null;
            node?: string;
            priority?: number;
            pool?: string;
            count?: number;
            /** Format: date-time */
            scheduled_until?: string | null;
            attempts?: components["schemas"]["Attempt"][];
            stdout?: string;
            stderr?: string;
            args?: string[];
            /** @description Of this run alone, besides its task's; values are *** for those who may not change the task */
            env?: {
                [key: string]: string;
            };
            upstream_execution_id?: number | null;
            /** @description In a list, with `output` */
            match?: {
                /** @enum {unknown} */
                stream: "stdout" | "stderr";
                /** @description The line that holds it, or 200 bytes of it */
                text: string;
            };
            attempt?: number;
            /** @enum {unknown} */
            status: "PENDING" | "RUNNING" | "SUCCESS" | "FAILED" | "TIMEOUT" | "CANCELLED" | "SKIPPED" | "MISSED" | "LOST";
            /** Format: date-time */
            started_at?: string | null;
            /** Format: date-time */
            finished_at?: string | null;
            duration_ms?: number | null;
            exit_code?: number | null;
            signal?: number | null;
            error?: string | null;
            output_bytes?: number;
            output_dropped_bytes?: number;
            cpu_ms?: number;
            max_rss_bytes?: number;
        };
        ExecutionPage: {
            items: components["schemas"]["Execution"][];
            next_cursor: string | null;
            /**
             * Format: date-time
             * @description With `output`: when the oldest execution that was looked at was created
             */
            searched_until?: string | null;
        };
        RecentRuns: {
            items?: {
                task_id?: number;
                runs?: [
                    number,
                    string,
                    number | null,
                    number | null
                ][];
            }[];
        };
        NextFires: {
            next?: string[];
            description?: string;
            timezone?: string;
            canonical?: string;
        };
        TaskDefaults: {
            timezone: string;
            timeout_s: number;
        };
        TaskNames: {
            items: {
                id: number;
                name: string | null;
                /** @description false: there is none; `name` is what it was called when it was deleted, null where that is not known */
                exists: boolean;
            }[];
        };
        CrontabInput: {
            crontab: string;
            /** @description The sixth field is the user; guessed where absent */
            system?: boolean;
            /** @description Where no CRON_TZ says; the server's where absent */
            timezone?: string;
        };
        CrontabPreview: {
            system: boolean;
            tasks: {
                line: number;
                task: components["schemas"]["TaskInput"];
                description: string;
                timezone: string;
                next: string | null;
                twin: number | null;
                refusal: string | null;
            }[];
            refused: {
                line: number;
                text: string;
                why: string;
                mend: string;
            }[];
            notes: {
                line: number;
                text: string;
                why: string;
                mend: string;
            }[];
        };
        Upcoming: {
            from?: string;
            to?: string;
            items?: {
                task_id?: number;
                task_name?: string;
                /** Format: date-time */
                scheduled_at?: string;
                /**
                 * Format: date-time
                 * @description With its jitter_s: when it begins
                 */
                due_at?: string;
            }[];
            more?: boolean;
            counts?: {
                by_hour?: {
                    hour?: string;
                    count?: number;
                }[];
                collisions?: {
                    at?: string;
                    count?: number;
                    names?: string[];
                    /** @description The first eight, by name */
                    tasks?: {
                        task_id: number;
                        task_name: string;
                    }[];
                }[];
                total?: number;
                complete?: boolean;
            };
            /** @description With `fold` */
            tasks?: {
                task_id?: number;
                task_name?: string;
                bands?: {
                    /** Format: date-time */
                    from?: string;
                    /**
                     * Format: date-time
                     * @description The last of these fires
                     */
                    to?: string;
                    count?: number | null;
                    every_ms?: number | null;
                }[];
            }[];
            task_total?: number;
            more_tasks?: boolean;
        };
        SimulationInput: {
            days?: number;
            limit?: number;
            /** @description The task that is changed; absent for a new one */
            task_id?: number;
            task: components["schemas"]["TaskInput"];
        };
        Simulation: {
            from?: string;
            to?: string;
            /** @description So far was looked: less than `to` where there are more than a million fires */
            until?: string;
            complete?: boolean;
            tasks?: number;
            fires?: number;
            most_at_once?: {
                count?: number;
                /** Format: date-time */
                at?: string | null;
            };
            busiest?: Record<string, never>[];
            overlaps?: Record<string, never>[];
            /** @description What does not simply run, most fires first, at most 300 */
            by_task?: {
                task_id?: number | null;
                task_name?: string;
                draft?: boolean;
                /**
                 * @description `cancelled`: a later fire of the task ends it, or comes before it has begun
                 * @enum {unknown}
                 */
                outcome?: "skipped" | "waits" | "cancels" | "cancelled";
                /** @enum {unknown} */
                because?: "overlap" | "pool" | "slot" | "start_deadline";
                count?: number;
                /** Format: date-time */
                first_at?: string;
            }[];
            /** @description Against scheduler.max_running */
            node?: {
                limit?: number | null;
                /** @description That wanted to run, whatever the limit */
                most_at_once?: number;
                /** Format: date-time */
                at?: string | null;
                waits?: number;
            };
            pools?: {
                pool?: string;
                limit?: number | null;
                /** @description That wanted to run, whatever the limit */
                most_at_once?: number;
                /** Format: date-time */
                at?: string | null;
                waits?: number;
            }[];
            clock_changes?: {
                at?: string;
                timezone?: string;
                by_s?: number;
                tasks?: number;
                touched?: {
                    task_id?: number | null;
                    /** @enum {unknown} */
                    effect?: "moved" | "left_out" | "once" | "twice";
                }[];
            }[];
            by_hour?: Record<string, never>[];
            items?: {
                task_id?: number | null;
                task_name?: string;
                draft?: boolean;
                /** Format: date-time */
                scheduled_at?: string;
                /** Format: date-time */
                due_at?: string;
                /** @enum {unknown} */
                outcome?: "runs" | "skipped" | "waits" | "cancels";
                /** @enum {unknown} */
                because?: "none" | "overlap" | "pool" | "slot" | "start_deadline";
                /**
                 * @description For what it waits first; where its start deadline skips it, for what it waited last
                 * @enum {unknown}
                 */
                waiting?: "none" | "overlap" | "pool" | "slot";
                cancelled?: boolean;
                /** Format: date-time */
                expected_start_at?: string | null;
                expected_ms?: number | null;
            }[];
        };
        Stats: {
            tasks?: {
                [key: string]: number;
            };
            executions?: {
                [key: string]: number;
            };
            total?: number;
            success_rate?: number | null;
            average_duration_ms?: number | null;
            days?: number;
            by_hour?: {
                hour?: string;
                executions?: {
                    [key: string]: number;
                };
                total?: number;
                success_rate?: number | null;
                average_duration_ms?: number | null;
            }[];
            by_day?: {
                day?: string;
                executions?: {
                    [key: string]: number;
                };
                total?: number;
                success_rate?: number | null;
                average_duration_ms?: number | null;
            }[];
            task_id?: number;
            timezone?: string;
            complete?: boolean;
        };
        LogLines: {
            attempt: number;
            /** @description As far as they are counted */
            total_lines: number;
            /** @description false: some 128 MiB were counted, ask again for more */
            complete: boolean;
            /** @description That the job wrote, the dropped ones among them */
            bytes: number;
            /** @description Lines after the gap have other numbers once this has changed */
            dropped_bytes: number;
            lines: {
                /** @description Its number, from 1 */
                n: number;
                /**
                 * @description mark: the scheduler's own word
                 * @enum {string}
                 */
                stream: "stdout" | "stderr" | "mark";
                /**
                 * Format: date-time
                 * @description When its first byte came
                 */
                time: string;
                /** @description From its last carriage return on, escapes included; at most 64 KiB */
                text: string;
                /** @description The colours (SGR parameters) that hold at its beginning; absent: none */
                style?: string;
                /** @description true: it has not ended, more of it may come */
                open?: boolean;
                /** @description Of a line that is cut: where it goes on, as `offset` of /log with its stream */
                rest_offset?: number;
            }[];
        };
        LogMatches: {
            attempt: number;
            dropped_bytes: number;
            /** @description Matches in those lines */
            count: number;
            lines: {
                line: number;
                count: number;
            }[];
            /** @description The line from which to go on; null: all was looked through */
            next: number | null;
        };
        Settings: {
            items: {
                key: string;
                value: unknown;
                /** @enum {unknown} */
                source: "default" | "file" | "environment" | "flag";
                place: string;
                default: unknown;
                variable: string;
                flag: string;
                allowed: string;
                help: string;
            }[];
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
