# One image for the web site, the jobs and the clock; compose.yaml says which command runs which.

FROM python:3.13-slim-trixie AS build
WORKDIR /srv/crowd
COPY requirements.txt ./
RUN python -m venv /srv/venv && \
    /srv/venv/bin/pip install --no-cache-dir --no-deps --require-hashes --only-binary :all: --requirement requirements.txt
COPY manage.py ./
COPY crowd crowd
COPY tasks tasks
COPY quality quality
# The settings ask for a key, which this step doesn't use and no layer keeps.
RUN SECRET_KEY=unused CROWD_DATA_DIR=/tmp/data CROWD_STATIC_ROOT=/srv/static \
    /srv/venv/bin/python manage.py collectstatic --no-input --verbosity 0 && \
    chmod --recursive a+rX /srv

FROM python:3.13-slim-trixie
RUN useradd --uid 10001 --no-create-home crowd && install --directory --owner crowd --mode 700 /data
COPY --from=build /srv /srv
WORKDIR /srv/crowd
ENV PATH=/srv/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    HOST=0.0.0.0 \
    PORT=8000 \
    CROWD_DATA_DIR=/data \
    CROWD_STATIC_ROOT=/srv/static
USER crowd
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=6s --start-period=30s CMD ["python", "-m", "crowd.server.address"]
CMD ["gunicorn", "--config", "python:crowd.server.web"]
