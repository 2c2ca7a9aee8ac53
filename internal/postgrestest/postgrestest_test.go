package postgrestest_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lanyard-idp/lanyard/internal/postgrestest"
)

var ctx = context.Background()

func TestEveryPoolIsAMigratedDatabaseOfItsOwn(t *testing.T) {
	t.Parallel()
	for i := range 8 {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			pool := postgrestest.Pool(t)
			if _, err := pool.Exec(ctx, `insert into groups (name, created_at) values ('only here', now())`); err != nil {
				t.Fatal(err)
			}
			var n int
			if err := pool.QueryRow(ctx, `select count(*) from groups`).Scan(&n); err != nil || n != 1 {
				t.Fatalf("got %d groups, %v; want the one of this test", n, err)
			}
		})
	}
}

func TestDatabaseIsGoneAfterTheTest(t *testing.T) {
	t.Parallel()
	var address string
	t.Run("uses a database", func(t *testing.T) { address = postgrestest.DSN(t); mustConnect(t, address).Close(ctx) })
	if conn, err := pgx.Connect(ctx, address); err == nil {
		conn.Close(ctx)
		t.Fatal("the database is still there")
	}
}

func TestTransactionsDoNotSeeEachOther(t *testing.T) {
	t.Parallel()
	var wg sync.WaitGroup
	for range 10 {
		tx := postgrestest.Tx(t)
		wg.Go(func() {
			var n int
			_, err := tx.Exec(ctx, `insert into groups (name, created_at) values ('g' || pg_backend_pid(), now())`)
			if err == nil {
				err = tx.QueryRow(ctx, `select count(*) from groups`).Scan(&n)
			}
			if err != nil || n != 1 {
				t.Errorf("got %d groups, %v; want 1", n, err)
			}
		})
	}
	wg.Wait()
}

func TestMissingPostgreSQLFailsAndSaysHowToInstallIt(t *testing.T) {
	t.Parallel()
	out, err := child(t, "LANYARD_PG_BIN="+t.TempDir()).CombinedOutput()
	if err == nil || !strings.Contains(string(out), "LANYARD_PG_BIN") || strings.Contains(string(out), "SKIP") {
		t.Fatalf("got %v:\n%s", err, out)
	}
}

// The server has no other end than that of its test process.
func TestServerEndsWithAKilledTestProcess(t *testing.T) {
	t.Parallel()
	cmd := child(t, "POSTGRESTEST_CHILD=hang")
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	address := readAddress(t, stdout)
	mustConnect(t, address).Close(ctx)
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	for {
		conn, err := pgx.Connect(ctx, address)
		if err != nil {
			return
		}
		conn.Close(ctx)
		time.Sleep(10 * time.Millisecond)
	}
}

func TestGivenServerIsUsedInstead(t *testing.T) {
	t.Parallel()
	address := postgrestest.DSN(t)
	conn := mustConnect(t, address)
	for range 2 { // the second run finds the template
		cmd := child(t, "TEST_DATABASE_URL="+address)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v:\n%s", err, out)
		}
		var templates, leftovers int
		err := conn.QueryRow(ctx, `
			select count(*) filter (where datname like 'lanyard\_tpl\_%'),
			       count(*) filter (where datname like $1)
			from pg_database`, fmt.Sprintf(`lanyard\_test\_%%\_%d\_%%`, cmd.Process.Pid)).Scan(&templates, &leftovers)
		if err != nil || templates != 1 || leftovers != 0 {
			t.Fatalf("got %d templates and %d leftovers, %v", templates, leftovers, err)
		}
	}
}

// TestChild is what the other tests run in a process of its own.
func TestChild(t *testing.T) {
	switch address := postgrestest.DSN(t); os.Getenv("POSTGRESTEST_CHILD") {
	case "hang":
		fmt.Println("address", address)
		select {}
	default:
		mustConnect(t, address).Close(ctx)
	}
}

func child(t *testing.T, env ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestChild$", "-test.v")
	cmd.Env = append(append(os.Environ(), "TEST_DATABASE_URL="), env...)
	return cmd
}

func readAddress(t *testing.T, r io.Reader) string {
	t.Helper()
	for lines := bufio.NewScanner(r); lines.Scan(); {
		if address, ok := strings.CutPrefix(lines.Text(), "address "); ok {
			return address
		}
	}
	t.Fatal("the child printed no address")
	return ""
}

func mustConnect(t *testing.T, address string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(ctx) })
	return conn
}
