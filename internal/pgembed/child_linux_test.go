package pgembed

import "testing"

// Elsewhere the next start ends the orphan.
func TestKilledServiceTakesItsServerAlong(t *testing.T) {
	t.Parallel()
	data := warmFolder(t)
	service := startChild(t, "serve", data)
	run(t, service.dsn(t), `create table kept as select 1 as id`)
	kill(service.Process.Pid)
	eventually(t, "the server has ended", func() bool { return len(serverProcesses(t, data)) == 0 })
	c := mustStart(t, careless(data))
	if n := query[int](t, c.DSN(), `select count(*) from kept`); n != 1 {
		t.Fatalf("%d rows, want 1", n)
	}
}
