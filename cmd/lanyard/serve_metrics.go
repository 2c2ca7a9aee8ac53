package main

import (
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"
)

// poolCollector shows how busy the connections to the database are.
type poolCollector struct{ pool *pgxpool.Pool }

var (
	poolInUse = prometheus.NewDesc("lanyard_database_connections_in_use", "Connections to the database that are at work.", nil, nil)
	poolOpen  = prometheus.NewDesc("lanyard_database_connections_open", "Connections to the database that are open.", nil, nil)
	poolLimit = prometheus.NewDesc("lanyard_database_connections_limit", "Connections to the database that there may be.", nil, nil)
	poolWaits = prometheus.NewDesc("lanyard_database_connection_waits_total", "How often somebody had to wait for a connection.", nil, nil)
)

// Describe names the figures.
func (c poolCollector) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{poolInUse, poolOpen, poolLimit, poolWaits} {
		ch <- d
	}
}

// Collect reads them.
func (c poolCollector) Collect(ch chan<- prometheus.Metric) {
	st := c.pool.Stat()
	ch <- prometheus.MustNewConstMetric(poolInUse, prometheus.GaugeValue, float64(st.AcquiredConns()))
	ch <- prometheus.MustNewConstMetric(poolOpen, prometheus.GaugeValue, float64(st.TotalConns()))
	ch <- prometheus.MustNewConstMetric(poolLimit, prometheus.GaugeValue, float64(st.MaxConns()))
	ch <- prometheus.MustNewConstMetric(poolWaits, prometheus.CounterValue, float64(st.EmptyAcquireCount()))
}
