FROM python:3.11-slim
ENV PYTHONUNBUFFERED=1 PYTHONPATH=/app
WORKDIR /app
COPY requirements.lock .
RUN pip install --no-cache-dir --require-hashes -r requirements.lock
COPY streams streams
COPY agents agents
COPY screen screen
COPY fixtures fixtures
RUN useradd --system --create-home onescreen && mkdir /data /keys && chown onescreen /data /keys
USER onescreen
VOLUME /data
CMD ["python", "-m", "agents", "worker", "--log", "demo"]
