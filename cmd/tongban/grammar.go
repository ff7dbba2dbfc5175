package main

// grammar is every command of the binary. A help tag is a key of the wording
// catalogue, so that help speaks the reader's language.
type grammar struct {
	Lang string `default:"zh" enum:"zh,en" env:"TONGBAN_LANG" help:"cli.option.lang"`

	Workday workdayCommands `cmd:"" help:"cli.workday.help"`
	Code    codeCommands    `cmd:"" help:"cli.code.help"`
	Flow    flowCommands    `cmd:"" help:"cli.flow.help"`
	Options optionsCommand  `cmd:"" help:"cli.options.help"`
	Version versionCommand  `cmd:"" help:"cli.version.help"`
}
