package checkup

// What property tests hold against the plain meaning of the words.
var (
	Alike     = alike
	AlikeOf   = groupsOf
	MarksOf   = marksOf
	Distance  = distance
	TooCommon = tooCommon
)
