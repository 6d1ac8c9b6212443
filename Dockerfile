# OTN without a database of its own: compose.yml puts PostGIS beside it. The steps are the scripts that `make up` runs.
FROM debian:bookworm-slim AS build
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates python3
WORKDIR /opt/otn
COPY scripts scripts
RUN scripts/install-system.sh
COPY pyproject.toml requirements.lock LICENSE README.md ./
COPY otn otn
RUN scripts/make-venv.sh requirements.lock

FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates python3 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --home-dir /opt/otn --shell /usr/sbin/nologin otn \
    && install -d -o otn -g otn /opt/otn /var/lib/otn
WORKDIR /opt/otn
COPY --from=build /opt/otn /opt/otn
COPY config config
COPY migrations migrations
USER otn
ENV OTN_HOST=0.0.0.0 OTN_PORT=8000 OTN_DATA_DIR=/var/lib/otn
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=5m \
    CMD [".venv/bin/python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/health/ready', timeout=4)"]
STOPSIGNAL SIGTERM
CMD [".venv/bin/python", "-m", "otn", "up"]
