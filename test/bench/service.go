package main

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"time"

	"github.com/lanyard-idp/lanyard/internal/pgembed"
	"github.com/lanyard-idp/lanyard/internal/seal"
)

// stage is a PostgreSQL as it runs in production (everything synced), with organisations in it and the program on each.
type stage struct {
	dir     string
	bin     string
	keyset  string
	f       *fixture
	cluster *pgembed.Cluster
	server  int // process of the PostgreSQL server
}

func openStage(ctx context.Context, populations ...*population) (*stage, error) {
	dir, err := os.MkdirTemp("", "lanyard-bench-")
	if err != nil {
		return nil, err
	}
	s := &stage{dir: dir}
	if err := s.open(ctx, populations); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

func (s *stage) open(ctx context.Context, populations []*population) (err error) {
	if s.bin, err = program(s.dir); err != nil {
		return err
	}
	if s.f, err = newFixture(); err != nil {
		return err
	}
	keyset, err := seal.Generate()
	if err != nil {
		return err
	}
	s.keyset = string(keyset)
	sealer, err := seal.Parse(keyset)
	if err != nil {
		return err
	}
	// The server runs as another user, who must be able to pass.
	if err := os.Chmod(s.dir, 0o755); err != nil {
		return err
	}
	if s.cluster, err = pgembed.Start(ctx, pgembed.Config{DataDir: s.dir + "/data", Logger: slog.New(slog.DiscardHandler)}); err != nil {
		return err
	}
	if s.server, err = postmaster(s.dir + "/data/pgdata"); err != nil {
		return err
	}
	for _, p := range populations {
		if err := p.fill(ctx, s.cluster, s.f, sealer); err != nil {
			return err
		}
	}
	return nil
}

func postmaster(data string) (pid int, err error) {
	b, err := os.ReadFile(data + "/postmaster.pid")
	if err != nil {
		return 0, err
	}
	_, err = fmt.Sscan(string(b), &pid)
	return pid, err
}

func (s *stage) close() {
	if s.cluster != nil {
		_ = s.cluster.Stop()
	}
	_ = os.RemoveAll(s.dir)
}

func (s *stage) node(p *population) (*node, error) {
	n, _, err := startNode(s.bin, "DATABASE_URL="+p.dsn(s.cluster), "LANYARD_KEYSET="+s.keyset, "LANYARD_LOG=json")
	return n, err
}

// A cost is CPU time, of the service and of the database.
type cost struct{ service, database time.Duration }

func (c cost) seconds() float64 { return (c.service + c.database).Seconds() }

func (s *stage) cost(n *node) (c cost, err error) {
	if c.service, err = processCPU(n.cmd.Process.Pid); err != nil {
		return c, err
	}
	c.database, err = processCPU(s.server)
	return c, err
}

// signOns sends n sign-ons to apps that sign once or twice, and says what they cost. Each sample is checked.
func (s *stage) signOns(nd *node, p *population, n, signatures int) (cost, error) {
	queries := make([]string, n)
	lastApp := 0
	for i := range queries {
		lastApp = rand.IntN(p.apps/2)*2 + signatures - 1
		queries[i], _ = s.f.request(lastApp, nd.base+"/saml/sso")
	}
	before, err := s.cost(nd)
	if err != nil {
		return cost{}, err
	}
	page, err := send(nd.base+"/saml/sso?", queries, func(i int) string { return "lanyard-session=" + p.tokens[i%len(p.tokens)].Reveal() })
	if err != nil {
		return cost{}, err
	}
	after, err := s.cost(nd)
	if err != nil {
		return cost{}, err
	}
	return cost{after.service - before.service, after.database - before.database}, s.f.check(page, lastApp, nd.base+"/saml/metadata")
}

// settle is how long after the start a service is at rest.
const settle = 3 * time.Second

// benchService is the whole service: session read, participant, replay and sign-in record committed.
func benchService(r *report) error {
	ctx := context.Background()
	small := &population{database: "small", apps: 2, users: 100}
	large := &population{database: "large", apps: 10_000, users: 100_000}
	s, err := openStage(ctx, small, large)
	if err != nil {
		return err
	}
	defer s.close()
	few, err := s.node(small)
	if err != nil {
		return err
	}
	defer few.stop()
	many, err := s.node(large)
	if err != nil {
		return err
	}
	defer many.stop()
	time.Sleep(settle)
	rest, _ := residentMB(many.cmd.Process.Pid)
	m := &turns{s: s, few: few, many: many, small: small, large: large}
	if err := m.run(); err != nil {
		return err
	}
	_, peak := residentMB(many.cmd.Process.Pid)
	smallRest, _ := residentMB(few.cmd.Process.Pid)
	r.ratio("whole service with PostgreSQL, one signature, of the bare rate under load", median(m.one), 0.65)
	r.ratio("whole service with PostgreSQL, both signatures, of two bare", median(m.both), 0.75)
	r.note("– one signature against bare ones on an idle machine", "%.3f", median(m.alone))
	r.note("CPU of one sign-on with one signature, in bare signatures", "%.2f", 1/median(m.one))
	r.note("– of it the service, the database", "%.2f, %.2f", median(m.service), median(m.database))
	r.add("10,000 apps and 100,000 people against 2 apps and 100 people", fmt.Sprintf("%.3f times", median(m.growth)), "at most 1.10", median(m.growth) <= 1.1)
	r.add("memory of the service at rest, 10,000 apps", fmt.Sprintf("%.0f MB", rest), "under 64 MB", rest < 64)
	r.add("memory of the service, highest in that load", fmt.Sprintf("%.0f MB", peak), "under 150 MB", peak < 150)
	r.note("memory of the service after the load, 2 apps", "%.0f MB", smallRest)
	return nil
}

// turns are the rounds in which bare signatures and both organisations follow one another.
type turns struct {
	s                 *stage
	few, many         *node
	small, large      *population
	one, both, growth []float64
	alone             []float64 // as one, against bare signatures on an idle machine
	service, database []float64 // parts of a sign-on with one signature, in bare signatures
}

func (m *turns) run() error {
	const n = 400
	for i := range rounds + 1 {
		bare, err := m.s.f.bareBusy(n)
		if err != nil {
			return err
		}
		alone, err := m.s.f.bare(n)
		if err != nil {
			return err
		}
		one, err := m.s.signOns(m.few, m.small, n, 1)
		if err != nil {
			return err
		}
		oneLarge, err := m.s.signOns(m.many, m.large, n, 1)
		if err != nil {
			return err
		}
		both, err := m.s.signOns(m.few, m.small, n, 2)
		if err != nil {
			return err
		}
		if i == 0 {
			continue // the first round warms up
		}
		m.one = append(m.one, bare.Seconds()/one.seconds())
		m.both = append(m.both, 2*bare.Seconds()/both.seconds())
		m.growth = append(m.growth, oneLarge.seconds()/one.seconds())
		m.alone = append(m.alone, alone.Seconds()/one.seconds())
		m.service = append(m.service, one.service.Seconds()/bare.Seconds())
		m.database = append(m.database, one.database.Seconds()/bare.Seconds())
	}
	return nil
}
