# The service alone, for a PostgreSQL elsewhere: see compose.yaml. Two megabytes of everything else are certificates.
FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags='-s -w' -o /lanyard ./cmd/lanyard && mkdir /data

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /lanyard /lanyard
COPY --from=build --chown=65532:65532 /data /data
USER 65532:65532
ENV LANYARD_LISTEN=0.0.0.0:8080 LANYARD_DATA_DIR=/data LANYARD_LOG=json
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s CMD ["/lanyard", "healthy"]
ENTRYPOINT ["/lanyard"]
CMD ["serve"]
