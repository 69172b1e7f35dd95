package dev.barnabas.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;

class UuidTest {

    @Test
    void textFormAndOrderAreKafkas() {
        long seed = 20261123;
        Random random = new Random(seed);
        for (int i = 0; i < 100; i++) {
            Uuid ours = new Uuid(random.nextLong(), random.nextLong());
            var kafkas = new org.apache.kafka.common.Uuid(ours.mostSignificantBits(), ours.leastSignificantBits());
            assertThat(ours).as("seed " + seed).hasToString(kafkas.toString());
            assertThat(Uuid.parse(ours.toString())).isEqualTo(ours);
            assertThat(Integer.signum(ours.compareTo(Uuid.ZERO)))
                    .isEqualTo(Integer.signum(kafkas.compareTo(org.apache.kafka.common.Uuid.ZERO_UUID)));
        }
        assertThat(Uuid.ZERO).hasToString("AAAAAAAAAAAAAAAAAAAAAA");
    }

    @Test
    void otherTextIsRefused() {
        assertThatThrownBy(() -> Uuid.parse("AAAA")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Uuid.parse("not base64!")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Uuid.parse("")).isInstanceOf(IllegalArgumentException.class);
    }
}
