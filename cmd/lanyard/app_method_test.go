package main

import "testing"

func TestAlgorithmThatTheKeyCannotDoIsRefused(t *testing.T) {
	t.Parallel()
	s := onServer(t)
	s.ok("app", "add", "--entity-id", "urn:wiki", "--acs", "https://wiki.example.org/1", "--name", "Wiki")
	activate := func(args ...string) {
		var made struct{ ID string }
		s.json(&made, append([]string{"cert", "create"}, args...)...)
		s.ok("cert", "activate", made.ID)
	}
	activate("--algorithm", "rsa-2048")
	s.fails(exitFailed, args("app set wiki signature-algorithm=ecdsa-sha256"), "rsa-2048", "ec-p256")
	s.ok("app", "set", "wiki", "signature-algorithm=rsa-sha512")
	s.ok("app", "set", "wiki", "signature-algorithm=default")
	activate("--app", "wiki", "--algorithm", "ec-p256")
	s.ok("app", "set", "wiki", "signature-algorithm=ecdsa-sha256")
	s.fails(exitFailed, args("app set wiki signature-algorithm=rsa-sha256"), "ec-p256", "rsa-2048")
}
