// Package httpserver is everything about HTTP that is the same for every page: handlers that return errors and the one
// place that shows them, templates and static files, request IDs, the log line, security headers, limits, health and a
// graceful stop. Whatever has Routes(chi.Router) can be mounted.
//
// It refuses to know sessions, people or SAML; to believe a forwarding header of a proxy that was not named; to log a
// query, a body or a path parameter, all of which can carry secrets; and to build a URL from the Host header.
package httpserver
