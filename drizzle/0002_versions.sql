CREATE TABLE `workflow_versions` (
	`client_id` text NOT NULL,
	`workflow_id` text NOT NULL,
	`version` integer NOT NULL,
	`config` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`client_id`, `workflow_id`, `version`),
	FOREIGN KEY (`client_id`,`workflow_id`) REFERENCES `workflows`(`client_id`,`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
INSERT INTO `workflow_versions` (`client_id`, `workflow_id`, `version`, `config`, `created_at`)
SELECT `client_id`, `id`, 1, `config`, `updated_at` FROM `workflows`;
