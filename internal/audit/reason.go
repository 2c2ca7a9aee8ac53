package audit

// Reason is why an attempt failed: one code of a closed list, each with a sentence for the administrator and one for the
// person (see Explain).
type Reason string

// The closed list. ReasonNone is success.
const (
	ReasonNone                    Reason = ""
	ReasonUnknownSP               Reason = "unknown_sp"
	ReasonACSNotRegistered        Reason = "acs_not_registered"
	ReasonRequestSignatureMissing Reason = "request_signature_missing"
	ReasonRequestSignatureInvalid Reason = "request_signature_invalid"
	ReasonRequestExpiredOrEarly   Reason = "request_expired_or_early"
	ReasonRequestReplayed         Reason = "request_replayed"
	ReasonDestinationMismatch     Reason = "destination_mismatch"
	ReasonNameIDUnsupported       Reason = "nameid_format_unsupported"
	ReasonNameIDMissing           Reason = "nameid_value_missing"
	ReasonAttributeMissing        Reason = "required_attribute_missing"
	ReasonContextUnmet            Reason = "authn_context_unmet"
	ReasonPassiveNeedsLogin       Reason = "passive_needs_login"
	ReasonAppDisabled             Reason = "app_disabled"
	ReasonAppNotReady             Reason = "app_not_ready"
	ReasonNotAssigned             Reason = "not_assigned"
	ReasonUserDisabled            Reason = "user_disabled"
	ReasonCredentialsWrong        Reason = "credentials_wrong"
	ReasonLockedOut               Reason = "locked_out"
	ReasonFactorMissing           Reason = "factor_missing"
	ReasonFactorWrong             Reason = "factor_wrong"
	ReasonSessionExpired          Reason = "session_expired"
	ReasonCertificateExpired      Reason = "certificate_expired"
	ReasonBindingUnsupported      Reason = "binding_unsupported"
	ReasonMalformedRequest        Reason = "malformed_request"
	ReasonSPReportedFailure       Reason = "sp_reported_failure"
	ReasonInternal                Reason = "internal"
)

// Reasons is the list in the order in which people read it.
var Reasons = []Reason{
	ReasonUnknownSP, ReasonACSNotRegistered, ReasonRequestSignatureMissing, ReasonRequestSignatureInvalid,
	ReasonRequestExpiredOrEarly, ReasonRequestReplayed, ReasonDestinationMismatch, ReasonNameIDUnsupported,
	ReasonNameIDMissing, ReasonAttributeMissing, ReasonContextUnmet, ReasonPassiveNeedsLogin, ReasonAppDisabled,
	ReasonAppNotReady, ReasonNotAssigned, ReasonUserDisabled, ReasonCredentialsWrong, ReasonLockedOut,
	ReasonFactorMissing, ReasonFactorWrong, ReasonSessionExpired, ReasonCertificateExpired, ReasonBindingUnsupported,
	ReasonMalformedRequest, ReasonSPReportedFailure, ReasonInternal,
}

// explanation is what one reason means to the two people who meet it.
type explanation struct{ admin, person string }

var explanations = map[Reason]explanation{
	ReasonUnknownSP:               {"No app has the entity ID that the request names. Add the app, or correct its entity ID.", "The app that sent you here is not known to us."},
	ReasonACSNotRegistered:        {"The request asks for an answer at an address that is not registered for the app. Add the address to the app if it is the app's own.", "The app asked us to send you to an address that we do not know."},
	ReasonRequestSignatureMissing: {"The app signs its requests, but this one carries no signature. Switch signing on at the app, or stop requiring it here.", "The app's request could not be trusted."},
	ReasonRequestSignatureInvalid: {"The signature of the request does not fit any key of the app. Load the app's metadata again: its key may have changed.", "The app's request could not be trusted."},
	ReasonRequestExpiredOrEarly:   {"The request was made too long ago or lies in the future. Check the clock of the app's server and of this one.", "This sign-in took too long to arrive. Go back to the app and start again."},
	ReasonRequestReplayed:         {"The same request arrived a second time. Usually somebody reloaded the page; otherwise somebody copied the request.", "This sign-in was used already. Go back to the app and start again."},
	ReasonDestinationMismatch:     {"The request was meant for another address than the one it arrived at. Correct the sign-in address at the app.", "The app's request was meant for somebody else."},
	ReasonNameIDUnsupported:       {"The app asks for a kind of name identifier that it cannot be given here. Change the NameID rule, or what the app asks for.", "The app asked for an identifier that we cannot give."},
	ReasonNameIDMissing:           {"The person has no value for the name identifier of this app. Fill it in, or change the NameID rule.", "Your account lacks something that the app needs."},
	ReasonAttributeMissing:        {"The person has no value for an attribute that the app requires. Fill it in, or make the attribute optional.", "Your account lacks something that the app needs."},
	ReasonContextUnmet:            {"The app asks for a way of signing in that is not available.", "The app asks for a way of signing in that we do not offer."},
	ReasonPassiveNeedsLogin:       {"The app asked to sign in without showing a page, but the person was not signed in. This is usual when apps look whether somebody is there.", "You are not signed in."},
	ReasonAppDisabled:             {"The app is switched off. Enable it to let people in.", "This app is switched off at the moment."},
	ReasonAppNotReady:             {"The app has no usable address for answers or no signing key. Finish its set-up.", "This app is not ready yet."},
	ReasonNotAssigned:             {"The person is not assigned to the app, neither directly nor through a group. Assign them.", "You have no access to this app. Ask for it if you need it."},
	ReasonUserDisabled:            {"The person's account is disabled. Enable it to let them in.", "User name or password is wrong."},
	ReasonCredentialsWrong:        {"User name or password was wrong.", "User name or password is wrong."},
	ReasonLockedOut:               {"Too many wrong passwords: the next try has to wait.", "Too many tries. Please wait a moment and try again."},
	ReasonFactorMissing:           {"A second factor is required and the person has none.", "You need a second way to prove who you are."},
	ReasonFactorWrong:             {"The second factor was wrong.", "That code is not right."},
	ReasonSessionExpired:          {"The person's session or this sign-in ran out before it was finished.", "This sign-in is over: it was used already, or it took too long. Go back to the app and start again."},
	ReasonCertificateExpired:      {"The certificate needed here has expired. Create and activate a new one.", "This app is not ready at the moment."},
	ReasonBindingUnsupported:      {"The request came by, or asks for an answer by, a binding that is not supported.", "The app asked in a way that we do not support."},
	ReasonMalformedRequest:        {"The request is not a valid SAML message.", "The app sent something that we could not read."},
	ReasonSPReportedFailure:       {"The app reported that it could not use our answer.", "The app could not sign you in."},
	ReasonInternal:                {"Something failed on our side; the log has the cause under the same reference.", "Something went wrong on our side. Please try again."},
}

// ForAdmin is the sentence for the administrator: what happened and what to do.
func (r Reason) ForAdmin() string { return explanations[r].admin }

// ForPerson is the sentence for the person at the browser; it tells nothing that helps an attacker.
func (r Reason) ForPerson() string { return explanations[r].person }
