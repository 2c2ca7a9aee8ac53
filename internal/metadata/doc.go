// Package metadata reads the metadata of a service provider into an app and publishes our own.
//
// What a document says is kept whole; what products are known to write slightly wrong is read with a warning. It refuses,
// with the line and the cure, whatever could send an assertion astray or make a reader suffer: a DTD, an address that is
// not one exact web address, a choice that the document leaves open, a document that has expired. The dates, names and
// signatures of certificates mean nothing here: a certificate is only the container of a key (Metadata Interoperability
// Profile §2.6.1).
//
// It does not verify the signature of a document: an administrator hands it over, or it comes over TLS.
package metadata
