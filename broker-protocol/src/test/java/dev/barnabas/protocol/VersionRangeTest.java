package dev.barnabas.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class VersionRangeTest {

    @Test
    void containsBothEnds() {
        VersionRange range = new VersionRange(2, 4);
        assertThat(range.contains(1)).isFalse();
        assertThat(range.contains(2)).isTrue();
        assertThat(range.contains(4)).isTrue();
        assertThat(range.contains(5)).isFalse();
        assertThat(range).hasToString("2-4");
    }

    @Test
    void refusesAnEmptyRange() {
        assertThatThrownBy(() -> new VersionRange(3, 2)).hasMessage("versions: 3-2 (expected: 0 <= min <= max)");
    }
}
