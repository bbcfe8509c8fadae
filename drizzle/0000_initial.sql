CREATE TABLE `artifact_refusals` (
	`id` text PRIMARY KEY NOT NULL,
	`run_id` text NOT NULL,
	`agent_id` text NOT NULL,
	`filename` text NOT NULL,
	`code` text NOT NULL,
	`message` text NOT NULL,
	`at` integer NOT NULL,
	FOREIGN KEY (`run_id`) REFERENCES `runs`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `artifact_refusals_run` ON `artifact_refusals` (`run_id`);--> statement-breakpoint
CREATE TABLE `artifacts` (
	`id` text PRIMARY KEY NOT NULL,
	`run_id` text NOT NULL,
	`client_id` text NOT NULL,
	`agent_id` text NOT NULL,
	`filename` text NOT NULL,
	`version` integer NOT NULL,
	`size_bytes` integer NOT NULL,
	`content_type` text NOT NULL,
	`sha256` text NOT NULL,
	`generated_at` integer NOT NULL,
	`storage_key` text NOT NULL,
	`missing` integer DEFAULT false NOT NULL,
	FOREIGN KEY (`run_id`) REFERENCES `runs`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`client_id`) REFERENCES `clients`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `artifacts_run_name_version` ON `artifacts` (`run_id`,`filename`,`version`);--> statement-breakpoint
CREATE INDEX `artifacts_client_generated` ON `artifacts` (`client_id`,`generated_at`,`id`);--> statement-breakpoint
CREATE INDEX `artifacts_client_size` ON `artifacts` (`client_id`,`size_bytes`);--> statement-breakpoint
CREATE TABLE `clients` (
	`id` text PRIMARY KEY NOT NULL,
	`key_hash` text,
	`created_at` integer NOT NULL,
	`last_seen_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `clients_key_hash` ON `clients` (`key_hash`);--> statement-breakpoint
CREATE TABLE `library_files` (
	`id` text PRIMARY KEY NOT NULL,
	`client_id` text NOT NULL,
	`name` text NOT NULL,
	`folded_name` text NOT NULL,
	`size_bytes` integer NOT NULL,
	`content_type` text NOT NULL,
	`sha256` text NOT NULL,
	`uploaded_at` integer NOT NULL,
	`origin` text,
	`storage_key` text NOT NULL,
	`missing` integer DEFAULT false NOT NULL,
	FOREIGN KEY (`client_id`) REFERENCES `clients`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `library_files_client_name` ON `library_files` (`client_id`,`folded_name`);--> statement-breakpoint
CREATE TABLE `run_events` (
	`run_id` text NOT NULL,
	`seq` integer NOT NULL,
	`type` text NOT NULL,
	`agent_id` text,
	`at` integer NOT NULL,
	`data` text NOT NULL,
	PRIMARY KEY(`run_id`, `seq`),
	FOREIGN KEY (`run_id`) REFERENCES `runs`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `runs` (
	`id` text PRIMARY KEY NOT NULL,
	`client_id` text NOT NULL,
	`workflow_id` text NOT NULL,
	`name` text NOT NULL,
	`user_directive` text NOT NULL,
	`config` text NOT NULL,
	`attached_files` text NOT NULL,
	`status` text NOT NULL,
	`error` text,
	`stop_requested` integer DEFAULT false NOT NULL,
	`created_at` integer NOT NULL,
	`started_at` integer,
	`ended_at` integer,
	`expires_at` integer,
	`pinned` integer DEFAULT false NOT NULL,
	`session_removed_at` integer,
	`last_event` integer DEFAULT 0 NOT NULL,
	FOREIGN KEY (`client_id`) REFERENCES `clients`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `runs_client_created` ON `runs` (`client_id`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `runs_status` ON `runs` (`status`,`created_at`);--> statement-breakpoint
CREATE INDEX `runs_expires` ON `runs` (`expires_at`) WHERE "runs"."expires_at" is not null;--> statement-breakpoint
CREATE TABLE `steps` (
	`run_id` text NOT NULL,
	`agent_id` text NOT NULL,
	`position` integer NOT NULL,
	`status` text NOT NULL,
	`epoch` integer DEFAULT 0 NOT NULL,
	`attempt` integer DEFAULT 0 NOT NULL,
	`model` text NOT NULL,
	`turns` integer DEFAULT 0 NOT NULL,
	`tools_used` text DEFAULT '[]' NOT NULL,
	`input_tokens` integer DEFAULT 0 NOT NULL,
	`output_tokens` integer DEFAULT 0 NOT NULL,
	`cost_usd` real,
	`started_at` integer,
	`ended_at` integer,
	`answer` text,
	`error` text,
	PRIMARY KEY(`run_id`, `agent_id`),
	FOREIGN KEY (`run_id`) REFERENCES `runs`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `steps_status` ON `steps` (`status`);--> statement-breakpoint
CREATE TABLE `tool_calls` (
	`run_id` text NOT NULL,
	`agent_id` text NOT NULL,
	`attempt` integer NOT NULL,
	`turn` integer NOT NULL,
	`position` integer NOT NULL,
	`call_id` text NOT NULL,
	`tool` text NOT NULL,
	`arguments` text NOT NULL,
	`result` text NOT NULL,
	`ok` integer NOT NULL,
	`started_at` integer NOT NULL,
	`ended_at` integer NOT NULL,
	PRIMARY KEY(`run_id`, `agent_id`, `attempt`, `turn`, `position`),
	FOREIGN KEY (`run_id`,`agent_id`) REFERENCES `steps`(`run_id`,`agent_id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `turns` (
	`run_id` text NOT NULL,
	`agent_id` text NOT NULL,
	`attempt` integer NOT NULL,
	`turn` integer NOT NULL,
	`record` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`run_id`, `agent_id`, `attempt`, `turn`),
	FOREIGN KEY (`run_id`,`agent_id`) REFERENCES `steps`(`run_id`,`agent_id`) ON UPDATE no action ON DELETE cascade
);
