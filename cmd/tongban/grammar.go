package main

// grammar is every command of the binary. A help tag is a key of the wording
// catalogue, so that help speaks the reader's language.
type grammar struct {
	Lang string `default:"zh" enum:"zh,en" env:"TONGBAN_LANG" help:"cli.option.lang"`

	Serve    serveCommand     `cmd:"" help:"shell.serve.help"`
	Demo     demoCommand      `cmd:"" help:"shell.demo.help"`
	Migrate  migrateCommand   `cmd:"" help:"shell.migrate.help"`
	Backup   backupCommand    `cmd:"" help:"shell.backup.help"`
	Restore  restoreCommand   `cmd:"" help:"shell.restore.help"`
	Verify   verifyCommand    `cmd:"" help:"shell.verify.help"`
	Witness  witnessCommand   `cmd:"" help:"log.witness.help"`
	Follow   followCommands   `cmd:"" help:"log.follow.help"`
	Doctor   doctorCommand    `cmd:"" help:"shell.doctor.help"`
	Keys     keysCommands     `cmd:"" help:"keys.help"`
	User     userCommands     `cmd:"" help:"shell.user.help"`
	Item     itemCommands     `cmd:"" help:"shell.item.help"`
	List     listCommands     `cmd:"" help:"shell.list.help"`
	Catalog  catalogCommands  `cmd:"" help:"checkup.command.help"`
	Law      lawCommands      `cmd:"" help:"law.command.help"`
	Calendar calendarCommands `cmd:"" help:"shell.calendar.help"`

	Workday workdayCommands `cmd:"" help:"cli.workday.help"`
	Code    codeCommands    `cmd:"" help:"cli.code.help"`
	Flow    flowCommands    `cmd:"" help:"cli.flow.help"`
	Options optionsCommand  `cmd:"" help:"cli.options.help"`
	Version versionCommand  `cmd:"" help:"cli.version.help"`
}
