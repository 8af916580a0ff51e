# The nightly reports in an image. The set-up happens while the image is built, so that a container
# starts without npm. Without DATABASE_URL the database lives in the volume /app/.data.
FROM python:3.13-slim
RUN useradd --create-home shop
WORKDIR /app
COPY requirements.txt ./
RUN pip install --no-cache-dir --require-hashes -r requirements.txt
COPY --chown=shop . .
RUN chown shop /app && mkdir -p .data && chown shop .data
USER shop
RUN python -m engine setup
VOLUME /app/.data
CMD ["python", "reportsv4_optimized.py"]
