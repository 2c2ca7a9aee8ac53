// Package strictxml reads one XML document into a small tree, once, for everything that strangers send us: SAML messages
// and metadata. What a document says is what the tree says; there is no second reading.
//
// It refuses what has been used to make two readers disagree or one reader suffer: a DTD, octets after the root, a comment
// or processing instruction inside a text, undeclared or rebound prefixes, an attribute twice (also under two prefixes of
// one namespace), encodings other than UTF-8 and UTF-16, and whatever exceeds the limits. Each refusal is a fault.Invalid
// that names the line.
package strictxml
