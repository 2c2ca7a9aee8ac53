package sso

import "github.com/prometheus/client_golang/prometheus"

// Metrics counts sign-ons. A nil Metrics counts nothing.
type Metrics struct{ signOns *prometheus.CounterVec }

// NewMetrics registers the counters.
func NewMetrics(r prometheus.Registerer) *Metrics {
	m := &Metrics{prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "lanyard_sign_ons_total", Help: "Sign-ons to apps by app and outcome (success, or the reason code of the failure).",
	}, []string{"app", "outcome"})}
	r.MustRegister(m.signOns)
	return m
}

func (m *Metrics) count(app, outcome string) {
	if m != nil {
		m.signOns.WithLabelValues(app, outcome).Inc()
	}
}
