// Package gallery is the apps that are ready to be added: what each vendor documents about its SAML side, in one JSON file
// per app under apps/, and how to make an apps.App and the vendor's own form from it. The format is open, described in
// docs/gallery.md: an administrator puts files of the same kind into a folder, and they are there without a restart.
//
// It refuses guesses. A file names the public pages that it was taken from; what they do not tell is a field that the
// administrator fills in, with help. It refuses files that break a rule of the format, with a sentence for each, and it
// neither keeps apps nor fetches anything.
package gallery
