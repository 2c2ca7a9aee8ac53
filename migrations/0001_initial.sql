-- People.
CREATE TABLE users (
    id            uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    email         text NOT NULL,
    username      text NOT NULL,
    given_name    text NOT NULL DEFAULT '',
    family_name   text NOT NULL DEFAULT '',
    display_name  text NOT NULL DEFAULT '',
    attributes    jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(attributes) = 'object'),
    role          text NOT NULL DEFAULT '' CHECK (role IN ('', 'owner')),
    disabled      boolean NOT NULL DEFAULT false,
    password_hash text,                       -- argon2id in PHC form; NULL: cannot sign in by password
    created_at    timestamptz NOT NULL,
    updated_at    timestamptz NOT NULL
);
CREATE UNIQUE INDEX users_email_key ON users (lower(email));
CREATE UNIQUE INDEX users_username_key ON users (lower(username));

-- Groups contain people and groups; the store refuses cycles.
CREATE TABLE groups (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name       text NOT NULL CHECK (name <> ''),
    created_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX groups_name_key ON groups (lower(name));

CREATE TABLE group_users (
    group_id uuid NOT NULL REFERENCES groups ON DELETE CASCADE,
    user_id  uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    PRIMARY KEY (user_id, group_id)
);
CREATE INDEX group_users_group ON group_users (group_id);

CREATE TABLE group_groups (
    group_id  uuid NOT NULL REFERENCES groups ON DELETE CASCADE,
    member_id uuid NOT NULL REFERENCES groups ON DELETE CASCADE CHECK (member_id <> group_id),
    PRIMARY KEY (member_id, group_id)
);
CREATE INDEX group_groups_group ON group_groups (group_id);

-- Apps: what is looked up or must be unique is a column, the rest is one value that the program checks.
CREATE TABLE apps (
    id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    slug         text NOT NULL UNIQUE CHECK (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
    name         text NOT NULL CHECK (name <> ''),
    entity_id    text NOT NULL UNIQUE CHECK (entity_id <> ''),
    enabled      boolean NOT NULL,
    settings     jsonb NOT NULL CHECK (jsonb_typeof(settings) = 'object'),
    metadata_xml bytea,
    version      integer NOT NULL DEFAULT 1,
    created_at   timestamptz NOT NULL,
    updated_at   timestamptz NOT NULL
);

-- Who may use an app: exactly one of a person, a group, or everyone.
CREATE TABLE app_assignments (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    app_id     uuid NOT NULL REFERENCES apps ON DELETE CASCADE,
    user_id    uuid REFERENCES users ON DELETE CASCADE,
    group_id   uuid REFERENCES groups ON DELETE CASCADE,
    everyone   boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL,
    CHECK (num_nonnulls(user_id, group_id) + everyone::int = 1)
);
CREATE UNIQUE INDEX app_assignments_user ON app_assignments (app_id, user_id) WHERE user_id IS NOT NULL;
CREATE UNIQUE INDEX app_assignments_group ON app_assignments (app_id, group_id) WHERE group_id IS NOT NULL;
CREATE UNIQUE INDEX app_assignments_everyone ON app_assignments (app_id) WHERE everyone;
CREATE INDEX app_assignments_of_user ON app_assignments (user_id) WHERE user_id IS NOT NULL;
CREATE INDEX app_assignments_of_group ON app_assignments (group_id) WHERE group_id IS NOT NULL;

-- Our signing keys. The private key is sealed with a key that is not in the database.
CREATE TABLE signing_keys (
    id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    app_id       uuid REFERENCES apps ON DELETE CASCADE,     -- NULL: for every app without one of its own
    state        text NOT NULL CHECK (state IN ('next', 'active', 'retired')),
    algorithm    text NOT NULL,
    certificate  bytea NOT NULL,
    private_key  bytea NOT NULL,
    not_before   timestamptz NOT NULL,
    not_after    timestamptz NOT NULL,
    created_at   timestamptz NOT NULL,
    activated_at timestamptz,
    retired_at   timestamptz
);
CREATE UNIQUE INDEX signing_keys_one_active ON signing_keys (coalesce(app_id, '00000000-0000-0000-0000-000000000000')) WHERE state = 'active';

-- Browsers. Tokens are kept as SHA-256.
CREATE TABLE sessions (
    id            uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    token_hash    bytea NOT NULL UNIQUE,
    user_id       uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    created_at    timestamptz NOT NULL,
    last_seen_at  timestamptz NOT NULL,
    expires_at    timestamptz NOT NULL,
    authn_instant timestamptz NOT NULL,
    authn_context text NOT NULL,
    address       text NOT NULL DEFAULT '',
    user_agent    text NOT NULL DEFAULT ''
) WITH (fillfactor = 80);
CREATE INDEX sessions_user ON sessions (user_id);
CREATE INDEX sessions_expiry ON sessions (expires_at);

-- Apps that were told of a session, under each SessionIndex that they know. No reference to apps: a participant outlives the
-- app that it names.
CREATE TABLE participants (
    session_id      uuid NOT NULL REFERENCES sessions ON DELETE CASCADE,
    app_id          uuid NOT NULL,
    name_id         jsonb NOT NULL,
    session_index   text NOT NULL,
    assertion_until timestamptz NOT NULL,
    created_at      timestamptz NOT NULL,
    PRIMARY KEY (session_id, app_id, session_index)
) WITH (fillfactor = 80);

-- Sign-ons that wait for the person or for the browser's cookie.
CREATE TABLE pending (
    token_hash bytea PRIMARY KEY,
    app_id     uuid NOT NULL REFERENCES apps ON DELETE CASCADE,
    request    bytea NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX pending_expiry ON pending (expires_at);

-- Request IDs seen within the time in which a request is fresh: a second one is a replay.
CREATE TABLE seen_requests (
    app_id     uuid NOT NULL,
    request_id text NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (app_id, request_id)
);
-- No index on expires_at: each sign-on would pay for it, and the sweep reads a table of minutes.

-- Persistent name identifiers: one for each pair of person and app, never given to anybody else (Core §8.3.7). The rows
-- stay when the person goes.
CREATE TABLE persistent_ids (
    app_id     uuid NOT NULL,
    user_id    uuid NOT NULL,
    value      text NOT NULL UNIQUE,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (app_id, user_id)
);

-- Wrong passwords, per account and per address; shared by all nodes.
CREATE TABLE throttle (
    key           text PRIMARY KEY,
    failures      integer NOT NULL,           -- tries that have not succeeded, the running ones among them
    last_failure  timestamptz NOT NULL,
    blocked_until timestamptz NOT NULL,
    refusals      integer NOT NULL DEFAULT 0  -- tries turned away since the block began
);

-- Browsers that a person signed in from before: they get in although somebody else is being throttled. One browser may
-- be known to several people.
CREATE TABLE known_devices (
    token_hash   bytea NOT NULL,
    user_id      uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    created_at   timestamptz NOT NULL,
    last_used_at timestamptz NOT NULL,
    PRIMARY KEY (token_hash, user_id)
);
CREATE INDEX known_devices_user ON known_devices (user_id);

-- One-time links that make an administrator.
CREATE TABLE setup_links (
    token_hash bytea PRIMARY KEY,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at    timestamptz
);

-- What happened. No references: the record stays when what it names is gone.
CREATE TABLE sign_ins (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at         timestamptz NOT NULL,
    reference  text NOT NULL,
    kind       text NOT NULL,
    reason     text NOT NULL,
    user_id    uuid,
    username   text NOT NULL DEFAULT '',
    app_id     uuid,
    app_name   text NOT NULL DEFAULT '',
    address    text NOT NULL DEFAULT '',
    user_agent text NOT NULL DEFAULT '',
    request_id text NOT NULL DEFAULT '',
    message    bytea,
    detail     json NOT NULL DEFAULT '{}'
) WITH (toast_tuple_target = 8160); -- a record is two or three kilobytes: kept in the row, not compressed at each sign-on

CREATE TABLE audit_events (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at      timestamptz NOT NULL,
    actor   text NOT NULL,
    action  text NOT NULL,
    object  text NOT NULL,
    name    text NOT NULL DEFAULT '',
    address text NOT NULL DEFAULT '',
    detail  jsonb NOT NULL DEFAULT '{}'
);

-- Whoever changes an app or a key tells every node to load its snapshot anew.
CREATE FUNCTION notify_snapshot() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('lanyard_snapshot', '');
    RETURN NULL;
END $$;
CREATE TRIGGER apps_changed AFTER INSERT OR UPDATE OR DELETE ON apps FOR EACH STATEMENT EXECUTE FUNCTION notify_snapshot();
CREATE TRIGGER signing_keys_changed AFTER INSERT OR UPDATE OR DELETE ON signing_keys FOR EACH STATEMENT EXECUTE FUNCTION notify_snapshot();
