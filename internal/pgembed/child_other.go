//go:build !linux

package pgembed

import "syscall"

// attributes has no death signal and no user namespace outside Linux: an orphan
// is stopped at the next start (see clearStale), and as root the server itself
// says that it refuses.
func (id identity) attributes(syscall.Signal) *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Setpgid: true}
	if id.drop {
		attr.Credential = &syscall.Credential{Uid: uint32(id.uid), Gid: uint32(id.gid)}
	}
	return attr
}
