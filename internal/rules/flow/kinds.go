package flow

// kinds that run, by the element's name in the file.
var runs = map[string]Kind{
	"startEvent": KindStart, "endEvent": KindEnd,
	"userTask": KindUser, "manualTask": KindManual, "serviceTask": KindService, "businessRuleTask": KindRule,
	"exclusiveGateway": KindChoice, "parallelGateway": KindParallel,
	"intermediateCatchEvent": KindCatch, "boundaryEvent": KindBoundary,
}

// refused lists the elements that stand in the way of running, each with the
// last segment of the sentence that says why. They may come later.
var refused = map[string]string{
	"task": "abstract", "scriptTask": "script", "sendTask": "send", "receiveTask": "receive",
	"callActivity": "call", "subProcess": "sub", "transaction": "sub", "adHocSubProcess": "sub",
	"inclusiveGateway": "inclusive", "eventBasedGateway": "event_based", "complexGateway": "complex",
	"intermediateThrowEvent": "throw", "implicitThrowEvent": "throw", "event": "event",
	"multiInstanceLoopCharacteristics": "multi", "standardLoopCharacteristics": "loop_marker",
	"choreography": "choreography", "globalChoreographyTask": "choreography",
	"choreographyTask": "choreography", "callChoreography": "choreography", "subChoreography": "choreography",
}

// kept lists the elements with an identity of their own that are drawn or
// written back and never run. What is in none of the three tables belongs to
// the element around it.
var kept = map[string]bool{
	"laneSet": true, "lane": true, "childLaneSet": true, "textAnnotation": true, "association": true, "group": true,
	"dataObject": true, "dataObjectReference": true, "dataStore": true, "dataStoreReference": true,
	"ioSpecification": true, "property": true, "dataInputAssociation": true, "dataOutputAssociation": true,
	"dataInput": true, "dataOutput": true,
	"performer": true, "humanPerformer": true, "potentialOwner": true, "resourceRole": true, "resource": true,
	"rendering": true, "monitoring": true, "auditing": true, "import": true, "extension": true, "extensionElements": true,
	"message": true, "signal": true, "error": true, "escalation": true, "itemDefinition": true, "interface": true,
	"category": true, "correlationProperty": true, "correlationSubscription": true, "endPoint": true, "relationship": true,
	"partnerEntity": true, "partnerRole": true,
	"collaboration": true, "participant": true, "messageFlow": true, "messageFlowAssociation": true,
	"participantAssociation": true, "conversation": true, "subConversation": true, "callConversation": true,
	"conversationLink": true, "conversationNode": true, "globalConversation": true, "conversationAssociation": true,
	"globalTask": true, "globalUserTask": true, "globalManualTask": true, "globalScriptTask": true, "globalBusinessRuleTask": true,
}

// withParts lists the kept elements that swallow whatever lies in them.
var withParts = map[string]bool{
	"ioSpecification": true, "extensionElements": true, "dataInputAssociation": true, "dataOutputAssociation": true,
	"performer": true, "humanPerformer": true, "potentialOwner": true, "resourceRole": true, "category": true,
}

func runnableKind(local string) Kind { return runs[local] }

// flowNode tells whether tokens would pass through an element of this name.
func flowNode(local string) bool {
	if _, ok := runs[local]; ok {
		return true
	}
	switch local {
	case "multiInstanceLoopCharacteristics", "standardLoopCharacteristics", "choreography", "globalChoreographyTask":
		return false
	}
	_, ok := refused[local]
	return ok
}

// container tells whether the element holds a flow of its own.
func container(local string) bool {
	switch local {
	case "subProcess", "transaction", "adHocSubProcess", "choreography", "subChoreography":
		return true
	}
	return false
}
