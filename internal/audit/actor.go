package audit

import "context"

// Actors that are nobody's name.
const (
	ActorCommandLine = "command line"
	ActorService     = "service"
)

type actorKey struct{}

type actor struct{ name, address string }

// WithActor says who acts in ctx and from which address. The store writes both into the events of the changes made with
// it, so that no change can forget to say.
func WithActor(ctx context.Context, name, address string) context.Context {
	return context.WithValue(ctx, actorKey{}, actor{name, address})
}

// ActorFrom is who acts in ctx; nobody said means the service itself.
func ActorFrom(ctx context.Context) (name, address string) {
	a, ok := ctx.Value(actorKey{}).(actor)
	if !ok {
		return ActorService, ""
	}
	return a.name, a.address
}
