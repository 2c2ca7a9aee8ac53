package outgoing

import (
	"context"
	"encoding/binary"
	"io"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"

	"golang.org/x/net/dns/dnsmessage"
)

// names is a name server of the test: each name has a list of answers, one for each time it is asked; the last one stays.
type names struct {
	mu      sync.Mutex
	answers map[string][]string
	asked   int // questions for IPv4 addresses
}

func (n *names) resolver(t *testing.T) *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		here, there := net.Pipe()
		t.Cleanup(func() { there.Close() })
		go n.serve(there)
		return here, nil
	}}
}

// serve speaks DNS over a stream (RFC 1035 §4.2.2).
func (n *names) serve(conn net.Conn) {
	defer conn.Close()
	for {
		var size [2]byte
		if _, err := io.ReadFull(conn, size[:]); err != nil {
			return
		}
		question := make([]byte, binary.BigEndian.Uint16(size[:]))
		if _, err := io.ReadFull(conn, question); err != nil {
			return
		}
		answer := n.answer(question)
		if _, err := conn.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(answer))), answer...)); err != nil {
			return
		}
	}
}

func (n *names) answer(question []byte) []byte {
	var m dnsmessage.Message
	if err := m.Unpack(question); err != nil || len(m.Questions) != 1 {
		return nil
	}
	q := m.Questions[0]
	m.Response, m.Additionals = true, nil
	if q.Type == dnsmessage.TypeA {
		if a, err := netip.ParseAddr(n.next(strings.TrimSuffix(q.Name.String(), "."))); err == nil {
			m.Answers = []dnsmessage.Resource{{
				Header: dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class},
				Body:   &dnsmessage.AResource{A: a.As4()},
			}}
		}
	}
	packed, err := m.Pack()
	if err != nil {
		return nil
	}
	return packed
}

func (n *names) next(name string) string {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.asked++
	list := n.answers[name]
	if len(list) == 0 {
		list = n.answers["*"]
	}
	if len(list) > 1 {
		n.answers[name] = list[1:]
	}
	if len(list) == 0 {
		return ""
	}
	return list[0]
}
