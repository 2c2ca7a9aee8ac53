// Package postgrestest gives tests a real PostgreSQL with the current schema.
//
// Each test process starts its own throw-away server from a cached image when
// the first test asks, and the server dies with the process, however that ends:
// the packages that use this need no TestMain. A database per test is a file
// copy of a migrated template (about 10 ms), a transaction that is rolled back
// costs less than 1 ms.
//
// TEST_DATABASE_URL names a server to use instead, for example to test with
// another version; its user must be allowed to create databases.
//
// The package refuses to skip: without PostgreSQL a test fails and says how to
// install it. Nothing here is durable; never use it outside tests.
package postgrestest
