"""One cluster for all tests of this folder."""

import os
import socket
import sys

import pytest


@pytest.fixture(scope="session")
def cluster(tmp_path_factory):
    from spark.cluster import running_cluster

    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    os.environ["PYSPARK_PYTHON"] = sys.executable
    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    with running_cluster(tmp_path_factory.mktemp("cluster"), port) as cluster:
        yield cluster


@pytest.fixture(scope="session")
def session(cluster):
    from labeltrust.engine.spark import open_session

    session = open_session(cluster.url)
    yield session
    session.stop()
