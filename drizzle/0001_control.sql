CREATE TABLE `approvals` (
	`run_id` text NOT NULL,
	`agent_id` text NOT NULL,
	`attempt` integer NOT NULL,
	`turn` integer NOT NULL,
	`position` integer NOT NULL,
	`request` text NOT NULL,
	`requested_at` integer NOT NULL,
	`decided_at` integer,
	`approved` integer,
	`note` text,
	PRIMARY KEY(`run_id`, `agent_id`, `attempt`, `turn`, `position`),
	FOREIGN KEY (`run_id`,`agent_id`) REFERENCES `steps`(`run_id`,`agent_id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `workflows` (
	`client_id` text NOT NULL,
	`id` text NOT NULL,
	`config` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	PRIMARY KEY(`client_id`, `id`),
	FOREIGN KEY (`client_id`) REFERENCES `clients`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
ALTER TABLE `runs` ADD `agents` text;--> statement-breakpoint
ALTER TABLE `runs` ADD `rerun_of` text;--> statement-breakpoint
ALTER TABLE `runs` ADD `inputs` text;--> statement-breakpoint
ALTER TABLE `runs` ADD `waiting_since` integer;--> statement-breakpoint
ALTER TABLE `runs` ADD `waited_ms` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `steps` ADD `reused` text;--> statement-breakpoint
ALTER TABLE `steps` ADD `delegated_by` text;--> statement-breakpoint
ALTER TABLE `steps` ADD `depth` integer DEFAULT 0 NOT NULL;