package identity

import "tongban/internal/record/act"

// Commands lists every command of this room, for the API, the pages and the
// generated tests of rights.
func Commands() []act.Command {
	return []act.Command{
		CommandAddRegion, CommandAddAgency, CommandNameAgencies, CommandRegisterPerson, CommandChangeContact, CommandAddLegalPerson,
		CommandRepresent, CommandEndRepresent, CommandGrantPost, CommandEndPost, CommandSetLeave, CommandEndLeave,
		CommandKnow, CommandCreateStaffAccount, CommandCreateAccount, CommandResetStaff, CommandResetPerson,
		CommandSignIn, CommandSecond, CommandSignOut, CommandChangePassword, CommandSetUpTOTP, CommandConfirmTOTP,
		CommandSignUp, CommandFirstAdministrator, CommandRestrict, CommandRelease, CommandSealKey,
	}
}
