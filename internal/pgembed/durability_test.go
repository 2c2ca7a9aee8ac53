package pgembed

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"
)

const (
	kills   = 10
	writers = 4
)

// Real fsync, and everything is killed under load: what was acknowledged is
// there afterwards, and the next start needs nobody's help.
func TestNoAcknowledgedCommitIsLostWhenEverythingIsKilled(t *testing.T) {
	t.Parallel()
	data := filepath.Join(folderIn(t, ""), "data") // on a disk
	var acknowledged []int64
	for range kills {
		service := startChild(t, "write", data)
		service.dsn(t) // ready by itself
		acknowledged = append(acknowledged, killUnderLoad(t, service, data)...)
	}
	c := mustStart(t, durable(data))
	stored := rows(t, c.DSN())
	for _, id := range acknowledged {
		if !stored[id] {
			t.Errorf("commit %d was acknowledged and is lost", id)
		}
	}
	if len(acknowledged) < kills*200 {
		t.Errorf("only %d commits were acknowledged: the test shows nothing", len(acknowledged))
	}
	t.Logf("%d acknowledged commits, %d stored, %d kills", len(acknowledged), len(stored), kills)
}

// killUnderLoad answers what was acknowledged before the end.
func killUnderLoad(t *testing.T, service *child, data string) []int64 {
	t.Helper()
	var ids []int64
	for killAt := 200 + rand.IntN(800); ; {
		line, err := service.lines.ReadString('\n')
		if err != nil { // the end; what lacks its newline was not said whole
			_ = service.Wait()
			return ids
		}
		id, err := strconv.ParseInt(strings.TrimSpace(line), 10, 64)
		if err != nil {
			t.Fatalf("the service said %q", line)
		}
		if ids = append(ids, id); len(ids) == killAt {
			servers := serverProcesses(t, data)
			if len(servers) < 2 {
				t.Fatalf("found only the server processes %v", servers)
			}
			kill(append(servers, service.Process.Pid)...)
		}
	}
}

func rows(t *testing.T, dsn string) map[int64]bool {
	t.Helper()
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	result, err := conn.Query(ctx, `select id from written`)
	if err != nil {
		t.Fatal(err)
	}
	ids, err := pgx.CollectRows(result, pgx.RowTo[int64])
	if err != nil {
		t.Fatal(err)
	}
	stored := make(map[int64]bool, len(ids))
	for _, id := range ids {
		stored[id] = true
	}
	return stored
}

// write is the load, in the child: an id is printed after its commit.
func write(dsn string) error {
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return err
	}
	if _, err := conn.Exec(ctx, `create table if not exists written (id bigint generated always as identity primary key)`); err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	for range writers {
		group.Go(func() error { return writeRows(ctx, dsn) })
	}
	_ = group.Wait() // the server was killed first: wait for our own end
	select {}
}

func writeRows(ctx context.Context, dsn string) error {
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return err
	}
	for {
		var id int64
		if err := conn.QueryRow(ctx, `insert into written default values returning id`).Scan(&id); err != nil {
			return err
		}
		if _, err := os.Stdout.WriteString(fmt.Sprintln(id)); err != nil { // one write: lines stay whole
			return err
		}
	}
}
